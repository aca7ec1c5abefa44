"""The options of each verb, as a client states them in the field `request`."""

from collections.abc import Collection
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from faultlens.hosting.shelf import NAME
from faultlens.images.roi import MOST_CORNERS
from faultlens.inputs.vibration import SPEED_TOLERANCE, WIDEST_TOLERANCE
from faultlens.runtimes.viewing import LARGEST_SCALE, MOST_SCALES, MOST_ZOOMED, SMALLEST_SCALE
from faultlens.service.problems import InvalidOptions
from faultlens.service.settings import ServiceSettings

MODEL_PATTERN = r"^(builtin/)?[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"
"""A name of a served model; never a path."""

PROFILE_PATTERN = rf"^{NAME}$"
"""A profile's name; its file is NAME.profile in the folder of profiles."""

_LISTED = 20
"""Mistakes that one answer lists."""

ModelName = Annotated[
    str,
    StringConstraints(pattern=MODEL_PATTERN),
    Field(description="Name of a served model, of GET /v1/models; left out, the verb's own."),
]
ProfileName = Annotated[
    str,
    StringConstraints(pattern=PROFILE_PATTERN),
    Field(description="Name of a profile, of GET /v1/profiles."),
]
Sentence = Annotated[str, StringConstraints(min_length=1, pattern=r"\S")]
Sentences = Annotated[list[Sentence], Field(min_length=1)]
Language = Annotated[
    Literal["en", "zh"], Field(description="Language of the words that faultlens adds.")
]


class Options(BaseModel):
    """What all verbs have in common: nothing unknown, nothing converted, no endless number."""

    model_config = ConfigDict(
        extra="forbid", strict=True, allow_inf_nan=False, protected_namespaces=()
    )

    @field_validator("prompts", "defects", "faults", mode="after", check_fields=False)
    @classmethod
    def _few_and_short(cls, value: list[str] | None, info: ValidationInfo) -> list[str] | None:
        limits = info.context
        if value is None or not isinstance(limits, ServiceSettings):
            return value
        if len(value) > limits.max_prompts:
            raise ValueError(f"has {len(value)} sentences; at most {limits.max_prompts} are taken")
        longest = max(len(x) for x in value)
        if longest > limits.max_prompt_chars:
            raise ValueError(
                f"has a sentence of {longest} letters; at most {limits.max_prompt_chars} are taken"
            )
        return value


class VerbOptions(Options):
    """Options of a verb that judges."""

    model: ModelName | None = None

    def fetched(self) -> tuple[str, ...]:
        """URLs of pictures to judge beside the uploaded ones."""
        return ()

    def go_with(self, beside: Collection[str]) -> None:
        """Refuse what does not fit the files of other fields.

        Args:
            beside: fields that hold a file.

        Raises:
            InvalidOptions: an option without its file, or a file without its option.
        """


class MatchOptions(VerbOptions):
    """Sentences that a picture is compared with."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"prompts": ["metal surface with crack", "metal surface with no defect"]}]
        }
    )

    prompts: Annotated[list[Sentence], Field(min_length=1, description="Sentences, in any words.")]


Pixel = Annotated[float, Field(ge=-1e6, le=1e6)]
Corner = Annotated[list[Pixel], Field(min_length=2, max_length=2)]


def _form_of_roi(value: object) -> str:
    return "polygon" if isinstance(value, list) and value and isinstance(value[0], list) else "box"


Roi = Annotated[
    Annotated[list[Pixel], Field(min_length=4, max_length=4), Tag("box")]
    | Annotated[list[Corner], Field(min_length=3, max_length=MOST_CORNERS), Tag("polygon")],
    Discriminator(_form_of_roi),
]


class InspectOptions(VerbOptions):
    """What to look for on pictures."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"defects": ["crack", "scratch"], "part": "drive shaft"}]}
    )

    defects: Annotated[
        Sentences | None,
        Field(description="Sentences to look for; left out, the profile's or the part's set."),
    ] = None
    part: Annotated[
        str | None,
        StringConstraints(min_length=1, max_length=200),
        Field(description="What is on the picture, in any words; picks a set of defects."),
    ] = None
    profile: ProfileName | None = None
    scales: Annotated[
        list[Annotated[float, Field(ge=SMALLEST_SCALE, le=LARGEST_SCALE)]] | None,
        Field(
            min_length=1,
            max_length=MOST_SCALES,
            description="Sizes at which pictures are looked at, in their own.",
        ),
    ] = None
    zoom: Annotated[
        int | None,
        Field(
            ge=0,
            le=MOST_ZOOMED,
            description="How many of the hottest places are looked at again, enlarged.",
        ),
    ] = None
    roi: Annotated[
        Roi | None,
        Field(
            description="Where to look, pixels: a box [x, y, width, height], or a polygon "
            "[[x, y], [x, y], [x, y], ...]."
        ),
    ] = None
    enhance: Annotated[
        list[Literal["clahe", "contrast", "glare", "glare-repair"]] | None,
        Field(min_length=1, max_length=4, description="What is done to pictures first."),
    ] = None
    mm_per_pixel: Annotated[
        float | None, Field(gt=0, le=1e6, description="Size of a pixel on the part, mm.")
    ] = None
    lang: Language = "en"
    urls: Annotated[
        list[Annotated[str, StringConstraints(min_length=1, max_length=2000)]] | None,
        Field(
            min_length=1,
            description="Pictures to fetch, http or https; where this service allows it.",
        ),
    ] = None

    def fetched(self) -> tuple[str, ...]:
        """URLs of pictures to judge beside the uploaded ones."""
        return tuple(self.urls or ())

    @field_validator("urls", mode="after")
    @classmethod
    def _allowed(cls, value: list[str] | None, info: ValidationInfo) -> list[str] | None:
        limits = info.context
        if value is None or not isinstance(limits, ServiceSettings):
            return value
        if not limits.allow_urls:
            raise ValueError("this service fetches no URLs; upload the file instead")
        if len(value) > limits.max_files:
            raise ValueError(f"has {len(value)} URLs; at most {limits.max_files} are taken")
        if not all(x.lower().startswith(("http://", "https://")) for x in value):
            raise ValueError("has a URL that is neither http nor https")
        return value


Millimetres = Annotated[float, Field(gt=0, le=1e5)]
Order = Annotated[float, Field(gt=0, le=1e4)]


class Geometry(Options):
    """A bearing by its measures."""

    rolling_elements: Annotated[int, Field(ge=3, le=1000)]
    ball_diameter_mm: Millimetres
    pitch_diameter_mm: Millimetres
    contact_angle_deg: Annotated[float, Field(ge=0, lt=90)] = 0.0


class Orders(Options):
    """A bearing by its fault orders, in revolutions of the shaft."""

    bpfo: Order
    bpfi: Order
    bsf: Order
    ftf: Order


def _form_of_bearing(value: object) -> str:
    if isinstance(value, str):
        return "designation"
    # As JSON when it is read, as a record when it is handed on.
    known = value if isinstance(value, dict) else getattr(value, "__dict__", {})
    return "orders" if set(known) & set(Orders.model_fields) else "geometry"


_FORMS = {"bearing": ("designation", "geometry", "orders"), "roi": ("box", "polygon")}
"""Fields that may be written in several ways -> the names of these ways."""

Bearing = Annotated[
    Annotated[str, StringConstraints(min_length=1, max_length=100), Tag("designation")]
    | Annotated[Geometry, Tag("geometry")]
    | Annotated[Orders, Tag("orders")],
    Discriminator(_form_of_bearing),
]


class DiagnoseOptions(VerbOptions):
    """What is known of the machine, and what to look for in its recordings."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"shaft_rpm": 1772, "bearing": "6205"}]}
    )

    faults: Annotated[
        Sentences | None,
        Field(description="Sentences to look for; left out, the knowledge base's faults."),
    ] = None
    shaft_rpm: Annotated[
        float | None, Field(gt=0, le=1e6, description="Shaft speed, revolutions per minute.")
    ] = None
    bearing: Annotated[
        Bearing | None, Field(description="Designation, geometry or fault orders.")
    ] = None
    speed_tolerance: Annotated[
        float,
        Field(ge=0, le=WIDEST_TOLERANCE, description="Error of the speed; 0.02 is 2 %."),
    ] = SPEED_TOLERANCE
    sample_rate_hz: Annotated[
        float | None,
        Field(gt=0, le=1e9, description="Samples per second, where the file does not say it."),
    ] = None
    channel: Annotated[
        Annotated[str, StringConstraints(min_length=1, max_length=200)]
        | Annotated[int, Field(ge=0, le=10_000)]
        | None,
        Field(description="Name or index of the channel."),
    ] = None
    profile: ProfileName | None = None
    machine_group: Annotated[
        Literal["group 1 rigid", "group 1 flexible", "group 2 rigid", "group 2 flexible"] | None,
        Field(description="Group of ISO 20816-3."),
    ] = None
    lang: Language = "en"


class ModelChange(Options):
    """The model that a verb shall have."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"model": "builtin/surface"}]})

    model: Annotated[str, StringConstraints(pattern=MODEL_PATTERN)]


Some = TypeVar("Some", bound=Options)


def options_in(text: bytes, kind: type[Some], settings: ServiceSettings) -> Some:
    """The options in a JSON text.

    Args:
        text: JSON, UTF-8.
        kind: the verb's.
        settings: how many sentences, of how many letters.

    Raises:
        InvalidOptions: no JSON, or something in it is unknown, missing or out of range.

    Example:
        >>> options_in(b'{"prompts": ["crack"]}', MatchOptions, ServiceSettings()).prompts
        ['crack']
        >>> options_in(b'{"prompts": []}', MatchOptions, ServiceSettings())
        Traceback (most recent call last):
            ...
        faultlens.service.problems.InvalidOptions: ... /prompts: List should ...
    """
    try:
        return kind.model_validate_json(text, context=settings)
    except ValidationError as error:
        raise InvalidOptions(_told(error)) from error


def values_of(options: Options) -> dict[str, Any]:
    """The options as plain JSON values for a worker; what was left out stays out.

    Example:
        >>> values_of(DiagnoseOptions(bearing="6205", model="builtin/physics"))
        {'bearing': '6205'}
    """
    return options.model_dump(exclude_unset=True, exclude_none=True, exclude={"model", "urls"})


def _told(error: ValidationError) -> tuple[dict[str, str], ...]:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return tuple(
        {"pointer": _pointer(x["loc"]), "detail": x["msg"].removeprefix("Value error, ")}
        for x in found[:_LISTED]
    )


def _pointer(where: tuple[int | str, ...]) -> str:
    """JSON pointer (RFC 6901) of a place; in which way it was written is no part of it."""
    parts = [x for n, x in enumerate(where) if n == 0 or x not in _FORMS.get(str(where[n - 1]), ())]
    return "".join(f"/{str(x).replace('~', '~0').replace('/', '~1')[:100]}" for x in parts)
