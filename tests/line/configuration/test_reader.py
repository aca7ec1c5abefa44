"""A wrong line.toml lists every fault at once, each with its line; a right one becomes a record."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultlens.cli.watch import EXAMPLE
from faultlens.core.errors import FaultlensError, UsageError
from faultlens.line.configuration.faults import WrongLineFile
from faultlens.line.configuration.line_config import SourceConfig
from faultlens.line.configuration.places import places
from faultlens.line.configuration.reader import read_line_config
from faultlens.line.secret import Secret
from faultlens.line.sinks.registry import SINKS, SinkKind
from faultlens.line.sources.abstract import AbstractSource
from faultlens.line.sources.registry import SOURCES, SourceKind


@dataclass(frozen=True)
class ShelfOptions:
    """Options of a kind of source that only these tests know."""

    folder: Path
    speed: float = 1.0
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.speed < 0:
            raise UsageError(f"speed is {self.speed:g}; give 0 or more.")


@dataclass(frozen=True)
class BellOptions:
    """Options of a kind of sink that only these tests know."""

    url: str
    password: Secret | None = None
    rings: int = 1

    def __post_init__(self) -> None:
        if "://" not in self.url:
            raise UsageError(f"url is '{self.url}'; give mqtt://HOST.")
        if self.rings < 1:
            raise UsageError(f"rings is {self.rings}; give 1 or more.")


def _unopened(config: SourceConfig) -> AbstractSource:
    raise AssertionError("reading a file opens nothing")


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    for registry in (SOURCES, SINKS):
        list(registry)
        monkeypatch.setattr(registry, "_rows", dict(registry._rows))
    SOURCES.add("shelf", SourceKind(ShelfOptions, _unopened))
    SINKS.add("bell", SinkKind(BellOptions, lambda config, lang: _unopened(config)))  # type: ignore


GOOD = """
[line]
name = "press 3"
store = "sqlite:///press.db"
language = "zh"
time_zone = "Europe/Berlin"
shifts = { early = "06:00", late = "14:00" }

[keep]
media = "sample"

[source.top]
kind = "shelf"
folder = "in"
sentences = ["hairline crack", "划痕"]
rpm = 1480

[source.top.decision]
m = 2
n = 3
latch = true

[source.top.channels."pump 7"]
bearing = "6205"

[sink.plc]
kind = "bell"
url = "mqtt://127.0.0.1"
password = "env:BELL_PASSWORD"
sources = ["top"]
"""


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "line.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_right_file_becomes_a_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BELL_PASSWORD", "open sesame")
    config = read_line_config(_file(tmp_path, GOOD))
    (source,), (sink,) = config.sources, config.sinks
    assert (config.name, config.language, config.keep.media) == ("press 3", "zh", "sample")
    assert config.store == f"sqlite:///{tmp_path}/press.db"
    assert config.state == tmp_path / "line-state"
    assert config.shifts["late"].isoformat() == "14:00:00"
    assert source.options == ShelfOptions(tmp_path / "in")
    assert source.sentences == ("hairline crack", "划痕")
    assert (source.decision.m, source.decision.n, source.decision.latch) == (2, 3, True)
    assert (source.channel("pump 7").bearing, source.channel("pump 7").rpm) == ("6205", 1480.0)
    assert sink.options == BellOptions("mqtt://127.0.0.1", Secret("open sesame"))
    assert "sesame" not in repr(config)


WRONG = """\
[line]
nam = "press"
time_zone = "Mars/Olympus"

[keep]
media = "al"
sample = 2

[source.top]
kind = "shelf"
speed = -1
sentences = "crack"
polcy = "newest"
profile = "no.profile"

[source.top.decision]
m = 3
n = 2
hysteresis = 7

[source.side]
kind = "shelv"

[sink.plc]
kind = "bell"
url = 7
password = "plain"
sources = ["bottom"]

[sink.horn]
kind = "bell"
url = "horn"
rings = 0
"""


def test_every_fault_is_listed_at_once_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(WrongLineFile) as caught:
        read_line_config(_file(tmp_path, WRONG))
    said = [(x.line, x.message) for x in caught.value.faults]
    expected = [
        (1, "the key 'name' is missing"),
        (2, "Unknown key 'nam'. Nearest: name."),
        (6, "media is 'al'; allowed are all, defects, sample, none."),
        (7, "sample is 2; it must lie in 0 to 1."),
        (9, "the key 'folder' is missing"),
        (12, "sentences is 'crack'; it must be a list"),
        (13, "Unknown key 'polcy'. Nearest: policy"),
        (17, "m is 3 and n is 2"),
        (19, "hysteresis is 7; it must lie in 0 to 1."),
        (22, "Unknown kind of source 'shelv'. Nearest: shelf."),
        (26, "url is 7; it must be text in quotes"),
        (27, "a secret itself does not stand here"),
        (32, "url is 'horn'; give mqtt://HOST."),
        (33, "rings is 0; give 1 or more."),
    ]
    for line, words in expected:
        assert any(x == line and words in message for x, message in said), (line, words, said)


def test_lines_that_are_no_toml_do_not_hide_the_others(tmp_path: Path) -> None:
    text = '[line]\nname = press\nlanguage = "fr"\n[source.a]\nkind = "shelf\nrpm = true\n'
    with pytest.raises(WrongLineFile) as caught:
        read_line_config(_file(tmp_path, text))
    assert [x.line for x in caught.value.faults] == [2, 3, 5, 6]
    assert "is missing" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('[line\nname = "press"\n[source.a]\nkind = "shelf"\nfolder = "in"\n', [1]),
        (f"{GOOD}\n[keep]\nmedia = 'all'\nsample = 0.5\n[audit]\nshare = 2\n", [-5, -1]),
    ],
)
def test_a_broken_or_doubled_head_of_a_table_is_one_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, lines: list[int]
) -> None:
    monkeypatch.setenv("BELL_PASSWORD", "open sesame")
    with pytest.raises(WrongLineFile) as caught:
        read_line_config(_file(tmp_path, text))
    last = text.count("\n") + 1
    assert [x.line for x in caught.value.faults] == [x if x > 0 else last + x for x in lines]


def test_a_bearing_of_a_channel_is_checked_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BELL_PASSWORD", "open sesame")
    with pytest.raises(WrongLineFile, match="Unknown bearing '62O5'") as caught:
        read_line_config(_file(tmp_path, GOOD.replace('"6205"', '"62O5"')))
    assert caught.value.faults[0].line == 1 + GOOD[: GOOD.index('"6205"')].count("\n")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ('bearing = "nonsense"', "Unknown bearing 'nonsense'"),
        ('bearing = "n=9,d=7"', "gives n, d"),
        ('model = "shaft"', "Unknown model 'shaft'"),
        ('model = "./shaft"', "there is none at"),
        ('model = "builtin/surfaces"', "Nearest: builtin/surface"),
    ],
)
def test_a_bearing_and_a_model_that_are_none_are_faults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, said: str
) -> None:
    monkeypatch.setenv("BELL_PASSWORD", "open sesame")
    with pytest.raises(WrongLineFile) as caught:
        read_line_config(_file(tmp_path, GOOD.replace("rpm = 1480", given)))
    (fault,) = caught.value.faults
    assert said in fault.message and fault.line == 1 + GOOD[: GOOD.index("rpm = 1480")].count("\n")


def test_the_folder_of_a_model_starts_where_line_toml_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BELL_PASSWORD", "open sesame")
    (tmp_path / "models" / "shaft").mkdir(parents=True)
    for model, wanted in (
        ("models/shaft", f"{tmp_path}/models/shaft"),
        ("hf:openai/clip", "hf:openai/clip"),
        ("builtin/physics", "builtin/physics"),
    ):
        text = GOOD.replace("rpm = 1480", f'model = "{model}"')
        assert read_line_config(_file(tmp_path, text)).sources[0].model == wanted


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a = """\nb = 1\n"""\nc = 2', 4),
        ("[x]\na = [\n 1,\n]\nc = 2", 5),
        ("# [c]\n'c' = 1", 2),
        ("[ 'c' ]", 1),
    ],
)
def test_keys_are_found_where_they_stand(text: str, line: int) -> None:
    assert next(x for key, x in places(text).items() if key[-1] == "c") == line


def test_the_example_is_right(tmp_path: Path) -> None:
    config = read_line_config(_file(tmp_path, EXAMPLE.read_text(encoding="utf-8")))
    assert [x.name for x in config.sources] == ["camera", "pump"]
    assert config.sources[1].decision.n == 3


def test_a_missing_profile_and_file_are_said(tmp_path: Path) -> None:
    text = GOOD.replace("rpm = 1480", 'profile = "away.profile"').replace(
        "env:BELL_PASSWORD", "env:AWAY"
    )
    with pytest.raises(WrongLineFile, match=r"there is no profile at .*away\.profile") as caught:
        read_line_config(_file(tmp_path, text))
    assert "environment variable AWAY, which is not set" in str(caught.value)
    with pytest.raises(UsageError, match="cannot be read"):
        read_line_config(tmp_path / "away.toml")


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "line.toml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(FaultlensError):
            read_line_config(path)


@given(st.data())
def test_a_file_with_one_character_changed_is_read_or_refused_in_words(data: st.DataObject) -> None:
    import tempfile

    place = data.draw(st.integers(0, len(GOOD) - 1))
    letter = data.draw(st.sampled_from("'\"[]={}.,#\n\x01 9a划"))
    text = GOOD[:place] + letter + GOOD[place + 1 :]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "line.toml"
        path.write_text(text, encoding="utf-8")
        try:
            read_line_config(path)
        except FaultlensError as error:
            assert str(error)


def test_how_scans_are_measured_is_read_and_every_fault_of_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "part.stl").write_text("solid")
    text = """
[line]
name = "press"
[source.top]
kind = "scanner"
host = "127.0.0.1"
topic = "scans/{channel}"
frame_rows = 400
detector = "scan"
[source.top.scan]
golden = "part.stl"
unit = "m"
least_depth_mm = 0.05
"""
    path = tmp_path / "line.toml"
    path.write_text(text)
    (source,) = read_line_config(path).sources
    assert source.scan.golden == tmp_path / "part.stl"
    assert (source.scan.unit, source.scan.least_depth_mm) == ("m", 0.05)
    wrong = 'golden = "none.stl"\nrules = "none.toml"\n'
    path.write_text(text.replace('golden = "part.stl"\n', wrong))
    with pytest.raises(WrongLineFile) as told:
        read_line_config(path)
    for said in ("2 faults", "line 12: there is no file at", "none.stl", "none.toml"):
        assert said in str(told.value)
    path.write_text(text.replace("unit", "uint"))
    with pytest.raises(WrongLineFile, match="Unknown key 'uint'"):
        read_line_config(path)
    path.write_text(text.replace('golden = "part.stl"\n', 'reference = "cube"\n'))
    with pytest.raises(WrongLineFile, match="reference is 'cube'; allowed are auto, plane"):
        read_line_config(path)
