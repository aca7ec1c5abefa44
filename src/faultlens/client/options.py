"""What may be asked of a picture, a scan, a recording: the service's options by name and type."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from faultlens.client.uploads import File
from faultlens.core.errors import UnknownNameError


class InspectOptions(TypedDict, total=False):
    """Options of an inspection; what is left out is the service's own choice.

    Args:
        defects: sentences to look for; None for the knowledge base's set.
        part: what the picture shows ("drive shaft").
        profile: name of a profile of the service.
        model: name of a model of the service.
        scales: sizes at which the picture is read, as factors.
        zoom: so many of the hottest places are looked at again, enlarged.
        roi: where to look, pixels: (x, y, width, height), or corners of a polygon.
        enhance: what is done to the picture first: "clahe", "contrast", "glare", "glare-repair".
        mm_per_pixel: for sizes in the sentences, mm.
        lang: language of sentence and warnings, "en" or "zh".
    """

    defects: Sequence[str] | None
    part: str
    profile: str
    model: str
    scales: Sequence[float]
    zoom: int
    roi: Sequence[float] | Sequence[Sequence[float]]
    enhance: Sequence[str]
    mm_per_pixel: float
    lang: str


class DiagnoseOptions(TypedDict, total=False):
    """Options of a diagnosis; what is left out is the service's own choice.

    Args:
        faults: sentences to look for; None for the knowledge base's set.
        shaft_rpm: speed of the shaft, 1/min.
        bearing: a designation ("6205"), a geometry (rolling_elements, ball_diameter_mm,
            pitch_diameter_mm, contact_angle_deg) or fault orders (bpfo, bpfi, bsf, ftf).
        speed_tolerance: the speed is searched within this share.
        sample_rate_hz: where the file does not state it, Hz.
        channel: name or number of the column.
        profile: name of a profile of the service.
        model: name of a model of the service.
        machine_group: group and foundation of ISO 20816-3.
        lang: language of sentence and warnings, "en" or "zh".
    """

    faults: Sequence[str] | None
    shaft_rpm: float
    bearing: str | Mapping[str, float]
    speed_tolerance: float
    sample_rate_hz: float
    channel: str | int
    profile: str
    model: str
    machine_group: str
    lang: str


class MeasureOptions(TypedDict, total=False):
    """Options of a measurement; what is left out is the service's own choice.

    Args:
        defects: sentences to look for; None for the knowledge base's set.
        part: what was scanned ("drive shaft").
        profile: name of a profile of the service.
        model: name of a model of the service.
        unit: of a file that states none, or another one: "mm", "m", "um", ...
        spacing_mm: between the points of a height map that does not say it, mm.
        intrinsics: of a depth image: fx, fy, cx, cy, pixels, and depth_mm_per_count, mm.
        reference: form that the part should have: "auto", "plane", "cylinder", ...
        golden: file of a scan of a sound part, or CAD mesh, to measure against.
        golden_unit: of the numbers in that file, as `unit`.
        photograph: file of a photograph of the part, draped on the scan; needs `camera`.
        camera: that took it, and where it stood: fx, fy, cx, cy, pixels; pose (camera to scan) or
            extrinsic (scan to camera), 4 rows of 4, mm unless `unit` says another.
        least_depth_mm: shallower and lower places are no defects, mm.
        rules: of severity, the text of their TOML file.
        lang: language of sentence and warnings, "en" or "zh".
    """

    defects: Sequence[str] | None
    part: str
    profile: str
    model: str
    unit: str
    spacing_mm: float
    intrinsics: Mapping[str, float]
    reference: str
    golden: File
    golden_unit: str
    photograph: File
    camera: Mapping[str, Any]
    least_depth_mm: float
    rules: str
    lang: str


def checked_options(given: Mapping[str, Any], known: type) -> dict[str, Any]:
    """The options as the request's JSON holds them; a name that is none is found here already.

    Args:
        given: options by name.
        known: `InspectOptions`, `DiagnoseOptions` or `MeasureOptions`.

    Raises:
        UnknownNameError: an option of another name.

    Example:
        >>> checked_options({"part": "shaft"}, InspectOptions)
        {'part': 'shaft'}
        >>> checked_options({"parts": "shaft"}, InspectOptions)
        Traceback (most recent call last):
            ...
        faultlens.core.errors.UnknownNameError: Unknown option 'parts'. Nearest: part. ...
    """
    for name in given:
        if name not in known.__annotations__:
            raise UnknownNameError("option", name, known.__annotations__)
    return {name: value for name, value in given.items() if value is not None}
