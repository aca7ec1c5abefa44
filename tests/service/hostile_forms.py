"""Hostile names, lengths, bodies, methods and keys: what is wrong before a file is looked at."""

from collections.abc import Callable, Iterator

from tests.images.pictures import COLOUR, png
from tests.service.hostile_requests import (
    BOUNDARY,
    BROKEN,
    CLOSED,
    JUDGED,
    REFUSED,
    Hostile,
    Part,
    file_part,
    form,
    options_part,
    request,
)

INSPECT, DIAGNOSE, MATCH = "/v1/inspect", "/v1/diagnose", "/match-image-text"

_KIND = b"multipart/form-data; boundary="
_FORM = _KIND + BOUNDARY.encode()


def _good() -> bytes:
    return form(file_part(png(COLOUR)), options_part({}))


def _one(raw: bytes) -> Callable[[], list[bytes]]:
    return lambda: [raw]


def file_names(key: str, canary: str) -> Iterator[Hostile]:
    """Files called as no file should be."""
    names = {
        "climbing": f"../../../../../../tmp/{canary}.png",
        "climbing of Windows": f"..\\..\\..\\{canary}.png",
        "absolute": f"/tmp/{canary}.png",
        "of a system file": "/etc/passwd",
        "a device of Windows": "CON",
        "a device": "/dev/zero",
        "a dot": ".",
        "two dots": "..",
        "hidden": ".bashrc",
        "NUL": f"a\0{canary}.png",
        "empty": "",
        "10,000 letters": canary + "a" * 10_000,
        "a suffix of 5000 letters": "a." + "b" * 5000,
        "written from right to left": "a\u202egnp.exe",
        "full of blanks": " " * 300,
        "emoji": "\U0001f9e8" * 200,
        "combining marks": "a" + "\u0301" * 3000,
        "half a letter": "a\ud800.png",
        "a line of a header": 'a.png"\r\nX-Injected: yes\r\n\r\nbody',
        "line feeds": f"a\n{canary}\n{{}}.png",
        "an escape of terminals": "\x1b[2J\x1b]0;x\x07.png",
        "markup": "<script>alert(1)</script>.png",
        "a formula": "=cmd|'/C calc'!A0.csv",
        "a shell": "$(touch /tmp/" + canary + ").png",
        "a template": "{{7*7}}${7*7}%s%n.png",
        "a sidecar": "a.toml",
        "a URL": "http://127.0.0.1/a.png",
        "a stream of Windows": "a.png::$DATA",
    }
    for name, given in names.items():
        body = form(file_part(png(COLOUR), given), options_part({}))
        yield Hostile(f"file name: {name}", _one(request(INSPECT, body, key=key)), JUDGED)
    encoded = Part(png(COLOUR), b"; name=\"file\"; filename*=utf-8''..%2f..%2fetc%2fpasswd")
    yield Hostile("file name: by RFC 5987", _one(request(INSPECT, form(encoded), key=key)), JUDGED)


def lies(key: str) -> Iterator[Hostile]:
    """Lengths that are not those of the body, slow bodies, and requests hidden in others."""
    body = _good()
    hidden = b"GET /v1/models HTTP/1.1\r\nHost: x\r\n\r\n"
    for text in (b"-1", b"+5", b"0x10", b"1e3", b"99999999999999999999", b"1 2", b"abc", b"\xb2",
                 b"9" * 4000):  # fmt: skip
        sent = request(INSPECT, body, key=key, length=text)
        yield Hostile(f"length: {text[:24]!r}", _one(sent), BROKEN)
    sent = request(INSPECT, body, key=key, length=b"5000000000")
    yield Hostile("length: 5 GB", _one(sent))
    sent = request(INSPECT, body, key=key, length=b"1000000")
    yield Hostile("slow: more is promised than comes", _one(sent), REFUSED | {CLOSED})
    sent = request(INSPECT, body, key=key, length=b"10")
    yield Hostile("length: less than comes", _one(sent), BROKEN)
    twice = [b"Content-Length: 5", b"Content-Length: %d" % len(body)]
    sent = request(INSPECT, body, key=key, length=None, headers=twice)
    yield Hostile("length: two of them", _one(sent), BROKEN)
    both = [b"Content-Length: %d" % len(body), b"Transfer-Encoding: chunked"]
    sent = request(INSPECT, b"0\r\n\r\n" + hidden, key=key, length=None, headers=both)
    yield Hostile("length: length and chunks", _one(sent), BROKEN)
    for coding in (b"gzip, chunked", b"chunked, identity", b"xchunked", b" chunked\t", b"cow"):
        line = b"Transfer-Encoding: " + coding
        sent = request(INSPECT, b"0\r\n\r\n", key=key, length=None, headers=[line])
        yield Hostile(f"length: coded as {coding!r}", _one(sent), BROKEN)
    chunked = [b"Transfer-Encoding: chunked"]
    for name, raw in {
        "no number": b"zz\r\nabc\r\n0\r\n\r\n",
        "negative": b"-5\r\nabcde\r\n0\r\n\r\n",
        "16 exabytes": b"ffffffffffffffff\r\nabc",
        "overflowing": b"1" * 40 + b"\r\nabc",
        "longer than it is": b"ff\r\nabc\r\n0\r\n\r\n",
        "shorter than it is": b"1\r\nabcdef\r\n0\r\n\r\n",
        "an extension of 200 kB": b"3;" + b"x" * 200_000 + b"\r\nabc\r\n0\r\n\r\n",
        "bare line feeds": b"3\nabc\n0\n\n",
        "trailers": b"0\r\nX-Injected: 1\r\n" * 3 + b"\r\n",
        "30,000 chunks of one byte": b"1\r\nx\r\n" * 30_000 + b"0\r\n\r\n",
    }.items():
        sent = request(INSPECT, raw, key=key, length=None, headers=chunked)
        yield Hostile(f"chunks: {name}", _one(sent), BROKEN)
    head, _, rest = request(INSPECT, body, key=key).partition(b"\r\n\r\n")
    slow = [head + b"\r\n\r\n", *(rest[i : i + 1] for i in range(40))]
    yield Hostile("slow: a byte of the body at a time", lambda: slow, REFUSED, pause_s=0.2)
    yield Hostile("slow: no body", _one(head + b"\r\n\r\n"), REFUSED)
    heads = [head[i : i + 3] for i in range(0, 200, 3)]
    yield Hostile("slow: headers", lambda: heads, BROKEN, pause_s=0.5, heavy=True)
    yield Hostile("slow: half a request", _one(head[:40]), BROKEN, heavy=True)
    yield Hostile("slow: line feeds", _one(b"\n" * 100_000), BROKEN, heavy=True)
    two = request("/v1/models", method="GET", key=key) * 3
    yield Hostile("pipelined: three questions", _one(two), frozenset({200}))
    mixed = request(INSPECT, body, key=key) + b"\x00\xff garbage\r\n\r\n"
    yield Hostile("pipelined: garbage behind a good request", _one(mixed), JUDGED)
    packed = request(INSPECT, body, key=key, headers=[b"Content-Encoding: gzip"])
    yield Hostile("packed body", _one(packed))


def bodies(key: str, canary: str) -> Iterator[Hostile]:
    """Forms that are malformed, endless, or hold what was not asked for."""

    def sent(body: bytes, kind: bytes | None = _FORM) -> bytes:
        return request(INSPECT, body, key=key, content_type=kind)

    picture, asked = file_part(png(COLOUR)), options_part({})
    inner = form(picture, boundary="inner")
    nested = Part(inner, b'; name="file"; filename="a.png"',
                  (b"Content-Type: multipart/mixed; boundary=inner",))  # fmt: skip
    long_header = Part(b"x", b'; name="file"; filename="a.png"', (b"X-A: " + b"y" * 3_000_000,))
    many_headers = Part(b"x", b'; name="file"; filename="a.png"', (b"X-A: y",) * 20_000)
    for name, raw in {
        "nothing": sent(b" "),
        "only noise": sent(bytes(range(256)) * 400),
        "only a boundary": sent(b"--" + BOUNDARY.encode() + b"--\r\n"),
        "no end": sent(form(picture, asked, closed=False)),
        "a header without end": sent(b"--" + BOUNDARY.encode() + b"\r\nX: " + b"y" * 100_000),
        "a header of 3 MB": sent(form(long_header)),
        "20,000 headers": sent(form(many_headers)),
        "no disposition": sent(b"--" + BOUNDARY.encode() + b"\r\n\r\nx\r\n--hostile7--\r\n"),
        "a disposition of 60 kB": sent(form(Part(b"x", b'; name="' + b"a" * 60_000 + b'"'))),
        "another boundary": sent(form(picture, asked, boundary="other")),
        "a form in a form": sent(form(nested, asked)),
        "no file": sent(form(asked)),
        "a file as text": sent(form(Part(png(COLOUR), b'; name="file"'), asked)),
        "two texts of options": sent(form(picture, asked, asked)),
        "an unknown field": sent(form(picture, asked, Part(b"1", b'; name="admin"'))),
        "an empty file": sent(form(file_part(b""), asked)),
        "500 files": sent(form(*[file_part(b"x")] * 500, asked)),
        "100,000 parts": sent(form(Part(b"", b'; name="file"; filename="a"')) * 100_000),
        "100,000 empty lines": sent(b"\r\n" * 100_000 + _good()),
        "no boundary": sent(_good(), b"multipart/form-data"),
        "a boundary of 60,000 letters": sent(_good(), _KIND + b"b" * 60_000),
        "a boundary of 1 MB": sent(_good(), _KIND + b"b" * 1_000_000),
        "an empty boundary": sent(_good(), b'multipart/form-data; boundary=""'),
        "two boundaries": sent(_good(), _FORM + b"; boundary=b"),
        "JSON": sent(b'{"prompts": ["%s"]}' % canary.encode(), b"application/json"),
        "a URL-encoded form": sent(b"request=%7B%7D", b"application/x-www-form-urlencoded"),
        "XML with an entity": sent(
            b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', b"text/xml"),
        "no type": sent(_good(), None),
        "a type of noise": sent(_good(), b"\xff\xfe/;;;===\x01"),
        "70 MB of zeros": sent(bytes(70_000_000)),
        "a file of 65 MB": sent(form(file_part(bytes(65_000_000)), asked)),
    }.items():  # fmt: skip
        yield Hostile(f"body: {name}", _one(raw), BROKEN | JUDGED)


def methods(key: str) -> Iterator[Hostile]:
    """Methods, targets and headers out of the ordinary."""
    for method in ("TRACE", "CONNECT", "PROPFIND", "PATCH", "DELETE", "get", "X" * 5000, "GE T"):
        sent = request(INSPECT, method=method, key=key)
        yield Hostile(f"method: {method[:12]}", _one(sent), BROKEN)
    for target in (
        "/../../etc/passwd", "//etc/passwd", "/v1/inspect/../../../etc/passwd",
        "/%2e%2e/%2e%2e/etc",
        "/v1/models/..%2f..%2fetc", "/docs/files/../../../../../etc/passwd",
        "/docs/files/..%2f..%2f..%2fetc%2fpasswd", "/docs/files/%00", "/docs/files//etc/passwd",
        "/problems/..%2f..%2fetc", "/%ff%fe", "/%", "/%zz", "/" + "a" * 60_000, "/" + "a/" * 20_000,
        "/v1/faults?" + "a=b&" * 10_000, "http://169.254.169.254/latest", "*", "no-slash",
        "/v1/faults#fragment", "/\x01", "/v1/profiles/%0d%0aSet-Cookie:%20a=b",
    ):  # fmt: skip
        sent = request(target, method="GET", key=key)
        allowed = BROKEN | ({200} if target.startswith(("/v1/faults", "http:")) else set())
        yield Hostile(f"target: {target[:40]!r}", _one(sent), allowed)
    for name, lines in {
        "20,000 lines": [b"X-%d: y" % i for i in range(20_000)],
        "one of 1 MB": [b"X: " + b"y" * 1_000_000],
        "without a name": [b": y"],
        "without a colon": [b"nonsense"],
        "folded": [b"X: a", b" b"],
        "with NUL": [b"X: a\0b"],
        "a name with a blank": [b"X Y: a"],
        "two hosts": [b"Host: other"],
        "odd ids": [b"X-Request-ID: " + b"\xff\x1b[2J" * 20],
        "a long id": [b"X-Request-ID: " + b"a" * 30_000],
        "a trace that is none": [b"traceparent: " + b"z" * 500],
        "expecting more": [b"Expect: 200-maybe"],
        "an upgrade": [b"Upgrade: websocket", b"Connection: Upgrade", b"Sec-WebSocket-Version: 1"],
        "HTTP/2": [b"Upgrade: h2c", b"Connection: Upgrade, HTTP2-Settings", b"HTTP2-Settings: AAM"],
        "ranges": [b"Range: bytes=" + b"0-1," * 5000],
        "forwarded": [b"X-Forwarded-For: 127.0.0.1", b"X-Forwarded-Proto: javascript"],
    }.items():
        sent = request("/v1/faults", method="GET", key=key, headers=lines)
        yield Hostile(f"headers: {name}", _one(sent), BROKEN | {200})
    for accept in (
        b"text/html",
        b"image/jpeg",
        b"*/",
        b"application/json;q=0",
        b"\xff",
        b"a/b," * 9000,
    ):
        sent = request(INSPECT, _good(), key=key, headers=[b"Accept: " + accept])
        yield Hostile(f"accept: {accept[:20]!r}", _one(sent), JUDGED)
    for name, raw in {
        "noise": bytes(range(256)) * 30,
        "a TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
        "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "HTTP/0.9": b"GET /\r\n\r\n",
        "HTTP/9.9": b"GET / HTTP/9.9\r\n\r\n",
        "no host": b"GET /health HTTP/1.1\r\n\r\n",
        "SSH": b"SSH-2.0-OpenSSH_9.6\r\n",
        "a line of 1 MB": b"GET /" + b"a" * 1_000_000,
    }.items():
        yield Hostile(f"no HTTP: {name}", _one(raw), BROKEN | {200})


def names_and_urls(key: str) -> Iterator[Hostile]:
    """Models, profiles, URLs and keys that are none."""
    for name in ("../builtin/surface", "/etc/passwd", "builtin/../../etc", "builtin/none",
                 "hf:x/y", "http://127.0.0.1/m", "con", ".", "..", "a\0b",
                 "builtin/surface\n", ""):  # fmt: skip
        for field in ("model", "profile"):
            body = form(file_part(png(COLOUR)), options_part({field: name}))
            yield Hostile(f"{field}: {name!r}", _one(request(INSPECT, body, key=key)))
    for url in (
        "http://127.0.0.1/", "http://localhost:22/", "http://[::1]/", "http://169.254.169.254/latest/",
        "http://2130706433/", "http://0x7f.1/", "http://127.1/", "http://0.0.0.0/", "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_x", "http://[::ffff:10.0.0.1]/", "http://10.0.0.1/a.png",
        "ftp://127.0.0.1/a", "data:image/png;base64,AAAA", "http://user:pw@192.168.0.1/", "http://",
        "//127.0.0.1/a", "http://127.0.0.1:0/", "http://\u0661\u0662\u0667.0.0.1/",
    ):  # fmt: skip
        body = form(options_part({"urls": [url]}))
        yield Hostile(f"URL: {url}", _one(request(INSPECT, body, key=key)))
    body = form(options_part({"urls": ["http://127.0.0.1/"] * 5000}))
    yield Hostile("URL: 5000 of them", _one(request(INSPECT, body, key=key)))
    for number, wrong in enumerate((
        "x", "a" * 100_000, "ключ", "fl_" + "0" * 43, key[:-1], key.upper(), "Bearer " + key,
        "../../keys.toml", "' OR 1=1 --", "%00",
    )):  # fmt: skip
        sent = request(INSPECT, _good(), key=wrong)
        yield Hostile(f"key: wrong {number}", _one(sent), BROKEN)
    for line in (b"Authorization:", b"Authorization: Basic Og==", b"Authorization: Bearer",
                 b"X-API-Key: \xff\xfe", b"Authorization: Bearer \0"):  # fmt: skip
        sent = request(INSPECT, _good(), headers=[line])
        yield Hostile(f"key: {line!r}", _one(sent), BROKEN)
    for method, target in (("PUT", "/v1/models/inspect"), ("PUT", "/v1/profiles/a"),
                           ("DELETE", "/v1/profiles/a"),
                           ("PUT", "/v1/profiles/..%2fa")):  # fmt: skip
        asked = b'{"model": "builtin/surface"}'
        sent = request(target, asked, method=method, key=key, content_type=b"application/json")
        yield Hostile(f"role: {method} {target}", _one(sent))
