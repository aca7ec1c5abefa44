"""The options of /v1/measure: what the part should be, its cameras, and what to look for."""

from collections.abc import Collection
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from faultlens.hosting.task import GOLDEN, PHOTOGRAPH
from faultlens.service.options import Language, Options, ProfileName, Sentences, VerbOptions
from faultlens.service.problems import InvalidOptions

LONGEST_RULES = 50_000
"""Letters of rules of severity in one request."""

Number = Annotated[float, Field(ge=-1e6, le=1e6)]
Focal = Annotated[float, Field(gt=0, le=1e6)]


class Pinhole(Options):
    """A depth camera: focal lengths and axis in pixels, and what a number of its image means."""

    fx: Focal
    fy: Focal
    cx: Number
    cy: Number
    depth_mm_per_count: Annotated[float, Field(gt=0, le=1e6)]


Four = Annotated[list[Number], Field(min_length=4, max_length=4)]
Pose = Annotated[list[Four], Field(min_length=4, max_length=4)]


class Camera(Options):
    """What took the photograph of a part, and where it stood: pixels, and mm unless said."""

    fx: Focal
    fy: Focal
    cx: Number
    cy: Number
    pose: Annotated[Pose | None, Field(description="Camera to scan, row by row.")] = None
    extrinsic: Annotated[Pose | None, Field(description="Or scan to camera, row by row.")] = None
    unit: Annotated[
        Literal["mm", "m", "cm", "um", "nm", "inch"], Field(description="Of the pose's shift.")
    ] = "mm"
    distortion: Annotated[
        list[Number] | None,
        Field(max_length=5, description="k1, k2, p1, p2, k3 of Brown and Conrady."),
    ] = None


class MeasureOptions(VerbOptions):
    """What the part should be, and what to look for on its scans."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"unit": "mm", "defects": ["dent", "scratch"]}]}
    )

    defects: Annotated[
        Sentences | None,
        Field(description="Sentences to look for; left out, the profile's or the set of scans."),
    ] = None
    part: Annotated[
        str | None,
        StringConstraints(min_length=1, max_length=200),
        Field(description="What was scanned, in any words."),
    ] = None
    profile: ProfileName | None = None
    unit: Annotated[
        str | None,
        StringConstraints(min_length=1, max_length=40),
        Field(
            description="Of the numbers in the file, as in m or 0.8 um; left out, its own or mm."
        ),
    ] = None
    spacing_mm: Annotated[
        float | None,
        Field(gt=0, le=1e5, description="Between points of a height map that does not say it, mm."),
    ] = None
    intrinsics: Annotated[Pinhole | None, Field(description="Camera of a depth image.")] = None
    camera: Annotated[
        Camera | None, Field(description="Of the file in the field photograph, and where it stood.")
    ] = None
    golden_unit: Annotated[
        str | None,
        StringConstraints(min_length=1, max_length=40),
        Field(description="Of the numbers in the file of the field golden; as unit."),
    ] = None
    reference: Annotated[
        Literal["auto", "plane", "cylinder", "sphere", "free form"] | None,
        Field(
            description="Form that the part should have; left out, the golden scan, the "
            "profile's or auto."
        ),
    ] = None
    least_depth_mm: Annotated[
        float | None,
        Field(ge=0, le=1e5, description="Shallower and lower places are no defects, mm."),
    ] = None
    rules: Annotated[
        str | None,
        StringConstraints(min_length=1, max_length=LONGEST_RULES),
        Field(description="Rules of severity, the text of their TOML file."),
    ] = None
    lang: Language = "en"

    def go_with(self, beside: Collection[str]) -> None:
        """See `VerbOptions.go_with`.

        Args:
            beside: fields that hold a file.

        Raises:
            InvalidOptions: a photograph without its camera or the reverse; a unit of no file.
        """
        if (self.camera is None) != (PHOTOGRAPH not in beside):
            detail = "a photograph and its camera go together; give field and option, or neither"
            raise InvalidOptions(({"pointer": "/camera", "detail": detail},))
        if self.golden_unit is not None and GOLDEN not in beside:
            detail = "there is no file in the field 'golden' whose unit this could be"
            raise InvalidOptions(({"pointer": "/golden_unit", "detail": detail},))
