"""What a rendered picture is made under: process, part, light and camera, as numbers with units."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Lighting:
    """A lamp over a surface.

    Args:
        direction_rad: where the light comes from, from the rows' direction towards downwards.
        relief: how strongly slopes turn into shades; low under a ring light.
        gradient: change of brightness across the picture, share of its mean.
        gradient_rad: direction of that change.
        vignette: loss of brightness in the corners, share.
        band: strength of a glare band across the lay, share of the mean; 0 is none.
        band_place: where the band lies, share of the picture.
        band_breadth: its standard deviation, share of the picture.
        gloss: strength of highlights on slopes that face the lamp, share.

    Example:
        >>> Lighting(relief=0.5).gradient
        0.0
    """

    direction_rad: float = 0.0
    relief: float = 0.7
    gradient: float = 0.0
    gradient_rad: float = 0.0
    vignette: float = 0.0
    band: float = 0.0
    band_place: float = 0.5
    band_breadth: float = 0.2
    gloss: float = 0.0


@dataclass(frozen=True)
class Camera:
    """A camera and the file that it writes.

    Args:
        brightness: mean grey value of the part, share of full scale.
        gamma: exponent of the response; 1 is linear.
        blur_px: standard deviation of the blur, px.
        noise: standard deviation of the noise, share of full scale.
        line_noise: spread of gain between columns of a line camera, share.
        interlace_px: shift of every other row, px.
        coarse: how many times larger than the sensor's a pixel of the picture is; below 1 the
            picture was enlarged.
        jpeg_quality: quality of the JPEG that it went through; None is none.

    Example:
        >>> Camera().jpeg_quality is None
        True
    """

    brightness: float = 0.5
    gamma: float = 1.0
    blur_px: float = 0.0
    noise: float = 0.01
    line_noise: float = 0.0
    interlace_px: int = 0
    coarse: float = 1.0
    jpeg_quality: int | None = None


@dataclass(frozen=True)
class SurfaceSettings:
    """What a picture was rendered under.

    Args:
        process: how the surface was made, a key of `PROCESSES`.
        part: what is seen of the part, a key of `PARTS`.
        lay_rad: direction of the tool marks or of rolling, from the rows' direction downwards.
        scale: size of the texture, 1 is grain of about one pixel.
        texture: contrast of the texture, share of what is usual for the process.
        clutter: harmless things on the picture, by name.
        metal: the colour of the metal or paint, red, green and blue, each about 1; grey pictures
            have it too.
        light: the lamp.
        camera: the camera.

    Example:
        >>> SurfaceSettings("ground", "sheet").metal
        (1.0, 1.0, 1.0)
    """

    process: str
    part: str
    lay_rad: float = 0.0
    scale: float = 1.0
    texture: float = 1.0
    clutter: tuple[str, ...] = ()
    metal: tuple[float, float, float] = (1.0, 1.0, 1.0)
    light: Lighting = Lighting()
    camera: Camera = Camera()
