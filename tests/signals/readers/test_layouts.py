"""Layouts of published data sets and of common loggers: the right channel, its rate, or an error.

The files are imitations, written from the public descriptions of the data sets.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from faultlens.core.errors import MissingMetadataError, UnreadableFileError
from faultlens.signals.read import open_recording, read_signal

RNG = np.random.default_rng(1)
WAVE: NDArray[np.float64] = np.round(RNG.normal(size=2560), 4)
OTHER: NDArray[np.float64] = np.round(RNG.normal(size=2560), 4)
COUNT = len(WAVE)


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def table(*columns: object, delimiter: str = ",", end: str = "", form: str = "{:.9g}") -> str:
    values = np.stack([np.asarray(x, dtype=float) for x in columns], axis=1)
    return "".join(delimiter.join(form.format(x) for x in row) + end + "\n" for row in values)


def save(path: Path, values: dict[str, Any]) -> Path:
    from scipy.io import savemat

    savemat(path, values, long_field_names=True)
    return path


def records(**columns: list[Any]) -> NDArray[Any]:
    """A 1 x N array of structures, as MATLAB has them."""
    length = len(next(iter(columns.values())))
    found = np.zeros((1, length), dtype=[(name, "O") for name in columns])
    for name, values in columns.items():
        for i, value in enumerate(values):
            found[0, i][name] = value
    return found


def no_rate(path: Path, channel: str, samples: NDArray[np.float64] = WAVE) -> None:
    with pytest.raises(MissingMetadataError, match="does not say its sampling rate"):
        read_signal(path)
    signal = read_signal(path, sample_rate_hz=1000)
    assert signal.channel == channel
    assert signal.samples == pytest.approx(samples, abs=1e-6)


def paderborn(x: NDArray[Any], vibration: NDArray[np.float64] = WAVE) -> dict[str, Any]:
    slow = {"force": 1000 + OTHER[:160], "speed": np.full(160, 1500.0), "torque": OTHER[:160]}
    fast = {"phase_current_1": OTHER, "phase_current_2": -OTHER, "vibration_1": vibration}
    all_of = {**slow, **fast, "temp_2_bearing_module": np.full(5, 45.0)}
    names = ["force", "phase_current_1", "phase_current_2", "speed", "temp_2_bearing_module",
             "torque", "vibration_1"]  # fmt: skip
    y = records(
        Name=names, Type=["Real"] * 7, Data=[all_of[n][None] for n in names],
        Raster=["HostService" if n in fast else "Mech_4kHz" for n in names],
        Unit=["rpm" if n == "speed" else "" for n in names],
    )  # fmt: skip
    info = {"Date": "2015", "Rate": 1.0}
    return {"N15_M07_F10_K001_1": {"Info": info, "X": x, "Y": y, "Description": {"Text": "a"}}}


def test_paderborn_structures_are_channels_with_the_rate_of_their_raster(tmp_path: Path) -> None:
    times = [np.arange(160)[None] / 4000, np.arange(COUNT)[None] / 64000]
    x = records(Name=["Time", "Time"], Data=times, Raster=["Mech_4kHz", "HostService"])
    recording = open_recording(save(tmp_path / "N15_M07_F10_K001_1.mat", paderborn(x)))
    assert recording.channel == "vibration_1"
    assert "speed" not in recording.channels
    assert (recording.sample_rate_hz, recording.shaft_rpm) == (64000, 1500)
    assert np.array_equal(recording.load().samples, WAVE)
    force = open_recording(tmp_path / "N15_M07_F10_K001_1.mat", channel="force")
    assert force.sample_rate_hz == 4000


def test_paderborn_without_rasters_takes_the_time_of_equal_length(tmp_path: Path) -> None:
    x = records(Name=["Time"], Data=[np.arange(COUNT)[None] / 64000])
    path = save(tmp_path / "a.mat", paderborn(x))
    assert open_recording(path).sample_rate_hz == 64000
    assert open_recording(path, channel="torque").sample_rate_hz is None


def test_records_with_rates_of_their_own_keep_them(tmp_path: Path) -> None:
    channels = records(name=["torque", "ch DE"], values=[OTHER[:99], WAVE], fs=[100.0, 12800.0])
    path = save(tmp_path / "a.mat", {"ch": channels})
    recording = open_recording(path)
    assert (recording.channel, recording.sample_rate_hz) == ("ch DE", 12800)
    assert open_recording(path, channel="torque").sample_rate_hz == 100
    np.savez(tmp_path / "a.npz", x=WAVE, fs=1000.0, sample_rate_hz=2000.0)
    assert open_recording(tmp_path / "a.npz").sample_rate_hz is None


def test_a_ramp_is_passed_over_and_alone_refused(tmp_path: Path) -> None:
    ramp = np.arange(COUNT) * 0.37 + 5
    path = write(tmp_path / "a.csv", "a,b\n" + table(ramp, WAVE))
    signal = read_signal(path, sample_rate_hz=1000)
    assert signal.channel == "b"
    assert "Passed over as only climbing: a." in [x.en for x in signal.warnings]
    np.save(tmp_path / "a.npy", ramp)
    save(tmp_path / "a.mat", {"y": ramp})
    write(tmp_path / "b.csv", table(ramp % 300))
    for name in ("a.npy", "a.mat", "b.csv"):
        with pytest.raises(UnreadableFileError, match="looks like a time axis or a counter"):
            open_recording(tmp_path / name)
    assert open_recording(tmp_path / "a.mat", channel="y").length == COUNT


def test_constant_and_switching_columns_are_passed_over_and_named(tmp_path: Path) -> None:
    tacho = (np.arange(COUNT) % 50 < 5) * 5.0
    text = "ch1,ch2,ch3,ch4\n" + table(np.full(COUNT, 9.0), np.zeros(COUNT), tacho, WAVE)
    signal = read_signal(write(tmp_path / "a.csv", text), sample_rate_hz=1000)
    assert signal.channel == "ch4"
    assert "Passed over as constant: ch1, ch2." in [x.en for x in signal.warnings]
    assert "Passed over as only two values: ch3." in [x.en for x in signal.warnings]


def clock(start_us: int = 65664) -> list[NDArray[np.float64]]:
    us = start_us + 39.0625 * np.arange(COUNT)
    return [np.full(COUNT, 9.0), np.full(COUNT, 39.0), 39 + us // 1e6, np.floor(us % 1e6)]


@pytest.mark.parametrize(("delimiter", "names"), [
    (",", ""), (";", ""), (",", "hour,minute,second,microsecond,acc_h,acc_v\n"),
])  # fmt: skip
@pytest.mark.parametrize("start_us", [65664, 960000])
def test_pronostia_clock_gives_the_rate(
    delimiter: str, names: str, start_us: int, tmp_path: Path
) -> None:
    text = names + table(*clock(start_us), WAVE, OTHER, delimiter=delimiter)
    recording = open_recording(write(tmp_path / "acc_00001.csv", text))
    assert recording.channels == (("acc_h", "acc_v") if names else ("column 5", "column 6"))
    signal = recording.load()
    assert signal.sample_rate_hz == pytest.approx(25600, rel=1e-5)
    assert np.array_equal(signal.samples, WAVE)
    assert "read as hour, minute, second and microsecond" in " ".join(x.en for x in signal.warnings)


def test_a_clock_that_can_be_read_in_two_ways_gives_no_rate(tmp_path: Path) -> None:
    tenths = np.arange(600)
    text = table(np.full(600, 8), 33 + tenths // 600, tenths // 10 % 60, tenths % 10, WAVE[:600])
    path = write(tmp_path / "temp_00001.csv", text)
    no_rate(path, "column 5", WAVE[:600])
    assert "what they count is not known" in " ".join(x.en for x in open_recording(path).warnings)


@pytest.mark.parametrize(
    ("name", "text", "channel", "count"),
    [
        ("1.csv", "Horizontal_vibration_signals,Vertical_vibration_signals\n"
         + table(WAVE, OTHER), "Horizontal_vibration_signals", 2),  # XJTU-SY
        ("2003.10.22.12.06.24", table(*[WAVE, OTHER] * 4, delimiter="\t"), "column 1", 8),  # IMS
        ("ib600_2.csv", table(WAVE), "column 1", 1),  # JNU
        ("UORED.csv", "Accelerometer,Microphone,Load Cell,Hall Effect Sensor,Thermocouple\n"
         + table(WAVE, OTHER, OTHER, OTHER, OTHER), "Accelerometer", 5),
    ],
)  # fmt: skip
def test_published_tables_without_a_rate(
    name: str, text: str, channel: str, count: int, tmp_path: Path
) -> None:
    path = write(tmp_path / name, text)
    assert len(open_recording(path).channels) == count
    no_rate(path, channel)


@pytest.mark.parametrize("delimiter", ["\t", ","])
@pytest.mark.parametrize("closing", [False, True])
def test_seu_title_lines_and_closing_delimiters(
    delimiter: str, closing: bool, tmp_path: Path
) -> None:
    d = delimiter
    end = d if closing else ""
    head = [f"Title{d}Data 1", "Comment", f"Date{d}2015/09/23", f"Number of samples{d}1048560",
            f"Sampling rate{d}5120", f"Channels{d}8", "", f"Data{d * 7}"]  # fmt: skip
    columns = [(k + 1) * (WAVE if k % 2 else OTHER) for k in range(8)]
    text = "\n".join(head) + "\n" + table(*columns, delimiter=d, end=end)
    recording = open_recording(write(tmp_path / "ball_20_0.csv", text))
    assert len(recording.channels) == 8
    assert recording.sample_rate_hz == 5120
    assert recording.load().samples == pytest.approx(OTHER, abs=1e-6)


@pytest.mark.parametrize(
    ("values", "channel", "rate", "rpm"),
    [
        ({"data": WAVE[:, None], "fs": 51200.0, "rpm": 1500.0}, "data", 51200, 1500),  # HUST
        ({"Channel_1": WAVE[:, None], "Channel_2": np.arange(COUNT)[:, None] // 7}, "Channel_1",
         None, None),  # Ottawa 2018
        ({"Channel_2": (np.arange(COUNT)[:, None] // 7) % 2 * 5, "Channel_1": WAVE[:, None]},
         "Channel_1", None, None),
        ({"H_1_0": np.stack([WAVE, OTHER, OTHER, OTHER, OTHER], axis=1)}, "H_1_0 column 1", None,
         None),  # UORED-VAFCLS
        ({"X097_DE_time": WAVE[:, None], "X097_FE_time": OTHER[:, None]}, "DE", None, None),
        ({"X097_FE_time": WAVE[:, None], "X097RPM": 1796}, "FE", None, 1796),  # CWRU
        ({"bearing": {"sr": 97656, "gs": WAVE[:, None], "load": 270, "rate": 25}}, "gs", 97656,
         1500),  # MFPT
        ({"C0A_100_000_1": np.stack([WAVE] + [OTHER] * 5, axis=1)}, "C0A_100_000_1 column 1", None,
         None),  # DIRG
        ({"Signal": {"x_values": {"start_value": 0.0, "increment": 1 / 25600,
                                  "number_of_values": COUNT, "quantity": {"label": "s"}},
                     "y_values": {"values": np.stack([WAVE] + [OTHER] * 3, axis=1),
                                  "quantity": {"label": "g"}},
                     "function_record": {"name": "Point1", "type": "Time"}}},
         "Signal.y_values.values column 1", 25600, None),  # KAIST, by Siemens Testlab
        ({"tacho": (np.arange(COUNT) % 40 < 4) * 5.0, "vib": WAVE, "t": np.arange(COUNT) / 20000},
         "vib", 20000, None),
    ],
)  # fmt: skip
def test_published_matlab_layouts(
    values: dict[str, Any], channel: str, rate: float | None, rpm: float | None, tmp_path: Path
) -> None:
    recording = open_recording(save(tmp_path / "a.mat", values))
    found = (recording.channel, recording.sample_rate_hz, recording.shaft_rpm)
    assert found == (channel, None if rate is None else pytest.approx(rate), rpm)
    assert np.array_equal(recording.read(0, COUNT), WAVE)


LVM = """LabVIEW Measurement\t
Writer_Version\t2
Reader_Version\t2
Separator\tTab
Decimal_Separator\t.
Multi_Headings\tNo
X_Columns\t{columns}
Time_Pref\tAbsolute
Operator\tlab
Date\t2016/05/17
Time\t14:31:05.0976
***End_of_Header***\t
\t
Channels\t2\t\t
Samples\t2560\t2560\t
Date\t2016/05/17\t2016/05/17\t
Time\t14:31:05.0976\t14:31:05.0976\t
Y_Unit_Label\tg\tg\t
X_Dimension\tTime\tTime\t
X0\t0.0000000000000000E+0\t0.0000000000000000E+0\t
Delta_X\t0.000100\t0.000100\t
***End_of_Header***\t\t\t
X_Value\tAcc DE\tAcc FE\tComment
"""


@pytest.mark.parametrize("columns", ["One", "No"])
def test_labview_text_has_its_time_in_a_column_or_in_its_header(
    columns: str, tmp_path: Path
) -> None:
    body = table(np.arange(COUNT) / 10000, WAVE, OTHER, delimiter="\t")
    if columns == "No":
        body = "".join("\t" + x.split("\t", 1)[1] for x in body.splitlines(keepends=True))
    signal = read_signal(write(tmp_path / "a.lvm", LVM.format(columns=columns) + body))
    assert (signal.channel or "").startswith("Acc DE")
    assert signal.sample_rate_hz == pytest.approx(10000)
    assert np.array_equal(signal.samples, WAVE)


def german(text: str) -> str:
    return text.replace(".", ",")


TIMES = np.arange(COUNT) / 10000


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Zeit (s);Beschleunigung (m/s²)\n" + german(table(TIMES, WAVE, delimiter=";")), "cp1252"),
        ("sep=;\nZeit;Beschleunigung\ns;m/s²\n" + table(TIMES, WAVE, delimiter=";"), "cp1252"),
        ("sep=,\ntime [s],acc [m/s²]\n" + table(TIMES, WAVE), "utf-8-sig"),
        ("time,acc\n(s),(m/s²)\n" + table(TIMES, WAVE), "utf-8"),
        ("time (µs),acc (m/s²)\n" + table(TIMES * 1e6, WAVE), "cp1252"),
        ('"time (s)","acc (m/s²)"\n'
         + "".join(f'"{a}","{b}"\n' for a, b in zip(TIMES, WAVE, strict=True)), "utf-8"),
        ("t (s),acc (m/s²)\n" + table(TIMES, WAVE, form="{:.10E}"), "utf-8"),
        ("t (s);acc (m/s²)\n" + german(table(TIMES, WAVE, delimiter=";", form="{:.10E}")), "utf-8"),
        ("t (s),acc (m/s²),,\n" + table(TIMES, WAVE, end=",,"), "utf-8"),
        ("Type:\tPULSE time\nSerial no:\t12345\nDate:\t2020-05-01\nSample rate:\t10000 Hz\n\n"
         "Time [s]\tAcc [m/s²]\n" + table(TIMES, WAVE, delimiter="\t"), "cp1252"),
        ("Recorder,Portable 5\nStart,2020-05-01 12:00:00\nSampling frequency (Hz),10000\n"
         "acc (m/s²)\n" + table(WAVE), "utf-8"),
        ('"Channel";"1"\n"Sample Rate [Hz]";"10000"\n"acc (m/s²)"\n'
         + german(table(WAVE, form="{:.6f}")), "utf-8"),
        ("; Audacity sample data export\n; Sample Rate: 10000 Hz. Sample values on linear scale.\n"
         "acc (m/s²)\n" + table(WAVE), "utf-8"),
    ],
)  # fmt: skip
def test_dialects_of_spreadsheets_and_loggers(text: str, encoding: str, tmp_path: Path) -> None:
    recording = open_recording(write(tmp_path / "a.csv", text, encoding))
    assert len(recording.channels) == 1
    signal = recording.load()
    assert signal.samples == pytest.approx(WAVE, abs=1e-6)
    assert signal.sample_rate_hz == pytest.approx(10000)
    assert signal.unit == "m/s2"


def test_german_thousands_are_read(tmp_path: Path) -> None:
    rows = "".join(f"{i},0;1.{100 + i % 7},5;{i % 5},25\n" for i in range(40))
    recording = open_recording(write(tmp_path / "a.csv", "n;a;b\n" + rows), channel="a")
    assert recording.length == 40
    assert np.array_equal(recording.read(0, 3), [1100.5, 1101.5, 1102.5])


def test_a_column_named_as_time_that_turns_back_is_a_channel(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "r,t\n" + table(WAVE, OTHER))
    assert open_recording(path).channels == ("r", "t")
    no_rate(path, "r")


def test_a_row_count_and_a_dead_input_are_no_clock(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", table(np.arange(COUNT), np.zeros(COUNT), 1000 * WAVE))
    recording = open_recording(path)
    assert (recording.channels, recording.channel) == (("column 2", "column 3"), "column 3")


def test_excel_error_cells_are_missing(tmp_path: Path) -> None:
    lines = ("time,acc,FE\n" + table(TIMES, WAVE, OTHER)).split("\n")
    lines[5], lines[9] = "0.0004,#N/A,0.5", "0.0008,0.5,#N/A"
    signal = read_signal(write(tmp_path / "a.csv", "\n".join(lines)))
    assert list(np.flatnonzero(np.isnan(signal.samples))) == [4]
    assert "2 cells are empty or not a number" in " ".join(x.en for x in signal.warnings)


def test_a_torque_alone_is_read_but_said_not_to_be_vibration(tmp_path: Path) -> None:
    signal = read_signal(write(tmp_path / "a.csv", "torque\n" + table(WAVE)), sample_rate_hz=1000)
    assert [x.en for x in signal.warnings] == [
        "By its name, channel 'torque' does not measure vibration."
    ]
