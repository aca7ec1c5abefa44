"""A worker gets what it computes by, and no secret."""

from faultlens.hosting.surroundings import worker_environment


def test_a_worker_gets_what_it_computes_by_and_no_secret() -> None:
    kept = {"PATH": "/bin", "HOME": "/h", "LC_ALL": "C", "FAULTLENS_CACHE": "/c", "HF_HOME": "/hf"}
    secret = {
        "AWS_SECRET_ACCESS_KEY": "x", "HF_TOKEN": "x", "DATABASE_URL": "x", "OTHER_API_KEY": "x",
        "FAULTLENS_API_KEY": "x", "FAULTLENS_API_KEYS_FILE": "/keys",
        "OTEL_EXPORTER_OTLP_HEADERS": "authorization=x",
    }  # fmt: skip
    found = worker_environment(2, {**kept, **secret})
    assert kept.items() <= found.items()
    assert not set(secret) & set(found)


def test_every_library_of_numbers_is_told_its_threads() -> None:
    found = worker_environment(2, {"OMP_NUM_THREADS": "64"})
    threads = {x: value for x, value in found.items() if x.endswith("_THREADS")}
    assert set(threads.values()) == {"2"}
    assert {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"} <= set(threads)
