"""What a simulated machine is like: its defect, structure, background and sensor."""

from dataclasses import dataclass, field

from faultlens.core.errors import UsageError


@dataclass(frozen=True)
class Resonance:
    """One mode of the structure between the bearing and the sensor.

    Args:
        frequency_hz: undamped natural frequency, Hz.
        damping_ratio: share of critical damping, 0 to 1.
        gain: amplitude of this mode's ringing per unit impact.

    Raises:
        UsageError: a frequency that is not positive, or damping outside 0 to 1.

    Example:
        >>> Resonance(3000.0, damping_ratio=0.04).gain
        1.0
    """

    frequency_hz: float
    damping_ratio: float = 0.04
    gain: float = 1.0

    def __post_init__(self) -> None:
        if not (self.frequency_hz > 0 and 0 < self.damping_ratio < 1):
            raise UsageError(
                f"Resonance at {self.frequency_hz} Hz with damping ratio {self.damping_ratio}: the "
                "frequency must be positive and the damping between 0 and 1 (steel: .01 to .08)."
            )


@dataclass(frozen=True)
class Defect:
    """How a defect strikes.

    Args:
        severity: 0 a pit that strikes once per pass; towards 1 a spall so wide that entry and
            exit are two pulses, 30 % of the spacing of two strikes apart.
        slip_percent: how much faster (+) or slower (-) the cage turns than by kinematics.
        jitter: standard deviation of the angle between two strikes, share of that angle.
        amplitude_scatter: standard deviation of a strike's amplitude, share of its mean.
        load_zone_extent: extent of the load zone, Stribeck's epsilon; .5 is half the race.
        path_modulation: how much the path to the sensor varies while a defect on the inner race
            or a ball travels round, 0 to 1.
        shaft_modulation: how much a rotating load varies the strikes on the outer race, 0 to 1.
        ball_race_ratio: strike of a ball on the inner race over its strike on the outer race.
        cage_friction: share of the cage's power that is friction noise, 0 to 1; strikes the rest.
        cage_sharpness: how briefly it rubs in each turn of the cage; 1 is a cosine, and shows as
            one line, 4 a quarter of the turn, and shows as several.
        element_scatter: how differently the rolling elements strike a damaged race, standard
            deviation over their mean; no two are quite alike.
        spin_jitter: like `jitter`, for a rolling element: its axis of spin wanders.
        rotating_load: share of the load on a damaged element that turns with the shaft, 0 to 1.
        ball_friction: share of its power that is friction noise while it is loaded, 0 to 1.
        race_marks: strikes at the marks that it left on each race over its own, at most, 0 to 1.

    Raises:
        UsageError: a value out of its range.

    Example:
        >>> Defect(severity=0.3).load_zone_extent
        0.4
    """

    severity: float = 0.0
    slip_percent: float = 0.0
    jitter: float = 0.005
    amplitude_scatter: float = 0.1
    load_zone_extent: float = 0.4
    path_modulation: float = 0.3
    shaft_modulation: float = 0.0
    ball_race_ratio: float = 0.6
    cage_friction: float = 0.5
    cage_sharpness: float = 4.0
    element_scatter: float = 0.0
    spin_jitter: float = 0.0
    rotating_load: float = 0.0
    ball_friction: float = 0.0
    race_marks: float = 0.0

    def __post_init__(self) -> None:
        for name in (
            "severity",
            "path_modulation",
            "shaft_modulation",
            "cage_friction",
            "jitter",
            "amplitude_scatter",
            "ball_race_ratio",
            "element_scatter",
            "spin_jitter",
            "rotating_load",
            "ball_friction",
            "race_marks",
        ):
            value = getattr(self, name)
            if not 0 <= value <= 1:
                raise UsageError(f"Defect: {name} is {value}; it must lie in 0 to 1.")
        if not self.load_zone_extent > 0:
            raise UsageError(
                f"Defect: load_zone_extent is {self.load_zone_extent}; it must be positive "
                "(.2 a narrow load zone, .5 half the race)."
            )
        if not self.cage_sharpness > 0:
            raise UsageError(
                f"Defect: cage_sharpness is {self.cage_sharpness}; it must be positive (1 to 6)."
            )
        if not abs(self.slip_percent) <= 10:
            raise UsageError(
                f"Defect: slip_percent is {self.slip_percent}; it must lie in -10 to 10 "
                "(real bearings: -1.5 to 1)."
            )


@dataclass(frozen=True)
class Background:
    """What the sensor hears besides the defect: noise, tones and the hard negatives.

    Every level is a power in dB against the power of the noise; None leaves the source out.

    Args:
        noise_poles: (radius, frequency as share of the sample rate) of each pair of poles that
            colours the noise; none is white noise.
        noise_shaft_modulation: how much the shaft's turning modulates the noise, 0 to 1.
        noise_shaft_weights: weights of once, twice ... per turn in that modulation.
        shaft_tones_db: levels of the tones at 1, 2, 3 ... times shaft speed.
        gear_db: level of the gear mesh tones.
        gear_teeth: teeth of the gear on the shaft.
        looseness_db: level of the shocks once per turn.
        random_impulses_db: level of shocks at random times.
        random_impulses_hz: how many of them per second.
        drive_comb_db: level of the tones of a frequency converter.
        drive_hz: its output frequency, Hz; the comb's teeth are twice that apart.
        drive_carrier_hz: its switching frequency, Hz.

    Raises:
        UsageError: a value out of its range.

    Example:
        >>> Background(gear_db=3.0, looseness_db=0.0).negatives
        ('gear', 'looseness')
    """

    noise_poles: tuple[tuple[float, float], ...] = ()
    noise_shaft_modulation: float = 0.0
    noise_shaft_weights: tuple[float, ...] = (1.0,)
    shaft_tones_db: tuple[float, ...] = (-12.0, -18.0)
    gear_db: float | None = None
    gear_teeth: int = 23
    looseness_db: float | None = None
    random_impulses_db: float | None = None
    random_impulses_hz: float = 5.0
    drive_comb_db: float | None = None
    drive_hz: float = 50.0
    drive_carrier_hz: float = 2000.0

    def __post_init__(self) -> None:
        if not 0 <= self.noise_shaft_modulation <= 1:
            raise UsageError(
                f"Background: noise_shaft_modulation is {self.noise_shaft_modulation}; "
                "it must lie in 0 to 1."
            )
        if not (self.noise_shaft_weights and sum(map(abs, self.noise_shaft_weights)) > 0):
            raise UsageError(
                f"Background: noise_shaft_weights are {self.noise_shaft_weights}; give at least "
                "one that is not zero."
            )
        if not all(0 <= radius < 1 and 0 <= share <= 0.5 for radius, share in self.noise_poles):
            raise UsageError(
                f"Background: noise_poles are {self.noise_poles}; each is (radius below 1, "
                "frequency as share of the sample rate, 0 to .5)."
            )
        for name in ("gear_teeth", "random_impulses_hz", "drive_hz", "drive_carrier_hz"):
            if not getattr(self, name) > 0:
                raise UsageError(f"Background: {name} is {getattr(self, name)}; must be positive.")

    @property
    def negatives(self) -> tuple[str, ...]:
        """Names of the hard negatives in it."""
        present = {
            "gear": self.gear_db is not None,
            "looseness": self.looseness_db is not None,
            "random impulses": self.random_impulses_db is not None,
            "drive comb": self.drive_comb_db is not None,
            "modulated noise": self.noise_shaft_modulation > 0,
        }
        return tuple(name for name, there in present.items() if there)


@dataclass(frozen=True)
class Sensor:
    """How the sensor and the converter change what they hear.

    Args:
        mount_resonance_hz: resonance of the sensor on its mount, Hz; None is a flat sensor.
        mount_damping_ratio: its damping, share of critical.
        gain: reading per true m/s2; 1 for a calibrated sensor.
        dc_transient: height of one electrical step that dies away, in rms of the recording.
        dc_transient_decay_s: time in which it falls to 1/e, s.
        clip_rms: readings beyond this many rms are cut; None cuts nothing.
        bits: resolution of the converter over the whole range; None is exact.

    Raises:
        UsageError: a value out of its range.

    Example:
        >>> Sensor(bits=16).gain
        1.0
    """

    mount_resonance_hz: float | None = None
    mount_damping_ratio: float = 0.1
    gain: float = 1.0
    dc_transient: float = 0.0
    dc_transient_decay_s: float = 0.3
    clip_rms: float | None = None
    bits: int | None = None

    def __post_init__(self) -> None:
        for name in (
            "mount_resonance_hz",
            "mount_damping_ratio",
            "gain",
            "dc_transient_decay_s",
            "clip_rms",
        ):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise UsageError(f"Sensor: {name} is {value}; it must be positive.")
        if self.bits is not None and not 4 <= self.bits <= 32:
            raise UsageError(f"Sensor: {self.bits} bits; a converter has 4 to 32.")


@dataclass(frozen=True)
class SimulationSettings:
    """All that a simulation needs besides bearing, speed and fault.

    Args:
        defect: how the defect strikes.
        resonances: modes that every strike rings; those at or above half the sample rate are
            an error.
        background: what is heard besides.
        background_rms_m_s2: root mean square of it, m/s2.
        sensor: what the sensor makes of it.

    Example:
        >>> SimulationSettings(defect=Defect(severity=0.5)).background_rms_m_s2
        1.0
    """

    defect: Defect = field(default_factory=Defect)
    resonances: tuple[Resonance, ...] = (Resonance(2100.0, 0.04), Resonance(3900.0, 0.03, 0.7))
    background: Background = field(default_factory=Background)
    background_rms_m_s2: float = 1.0
    sensor: Sensor = field(default_factory=Sensor)

    @property
    def negatives(self) -> tuple[str, ...]:
        """Names of all that could be taken for a fault and is none."""
        transient = ("dc transient",) if self.sensor.dc_transient else ()
        return self.background.negatives + transient
