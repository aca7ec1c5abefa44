"""`Monitor`: every judged frame of one channel in; readings of drift and events out."""

from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from faultlens.core.errors import UnreadableFileError
from faultlens.core.files import written_whole
from faultlens.core.notice import Notice
from faultlens.images.image import Image
from faultlens.line.configuration.line_config import MonitoringConfig
from faultlens.line.judged import Judged
from faultlens.line.monitoring import words
from faultlens.line.monitoring.causes import PROCESS
from faultlens.line.monitoring.collecting import Collecting
from faultlens.line.monitoring.keeping import read_reference, reference_path, write_reference
from faultlens.line.monitoring.observed import SPECTRUM, Observed, observed
from faultlens.line.monitoring.reference import TESTS, Reference, same_names
from faultlens.line.monitoring.sensor_faults import SensorState, after
from faultlens.line.monitoring.watching import Reading, Watching
from faultlens.store.records import DriftRecord, EventRecord

Told = DriftRecord | EventRecord

STRANGE_RUN = 20
"""Frames in a row of another model, profile or size, after which a new reference is taken."""

_BACK = 0.7
"""Share of its level below which a measure counts as returned."""

LASTING = TESTS // 2
"""Tests that a measure must stay above its level before it is said: what half a window shows for
sure is enough to tell the cause by, and what is gone by then was none."""

PICTURES = "drift"
"""Folder of the pictures of what changed, below the media folder."""


class Monitor:
    """Watches one channel of one source, for as long as the line runs.

    Not to be called by two threads at once, but for `reset_reference`.

    Args:
        config: of the monitoring.
        source: name of the source.
        channel: of it; "" else.
        folder: where references are kept.
        media: folder of media, for pictures of what changed; None makes none.
    """

    def __init__(
        self,
        config: MonitoringConfig,
        source: str,
        channel: str = "",
        folder: Path = Path(),
        *,
        media: Path | None = None,
    ) -> None:
        self._config, self._source, self._channel = config, source, channel
        self._path = reference_path(folder, source, channel)
        self._media = media
        self._place = f"{source}/{channel}" if channel else source
        self._sensor = SensorState()
        self._collecting = Collecting(config)
        self._watching: Watching | None = None
        self._opened = self._reset = False
        self._strange = 0
        self._forget()

    def saw(self, judged: Judged) -> tuple[Told, ...]:
        """Look at one more frame.

        Args:
            judged: the frame with its verdict; of this source and channel.

        Returns:
            readings and events, most often none.
        """
        if not self._config.on:
            return ()
        told = [*self._begun(judged), *self._looked_at(judged)]
        seen = observed(judged)
        # A frame that shows a faulty sensor says nothing of the process; a repeated one, nothing.
        if seen is None or self._sensor.fault or self._sensor.equal > 1:
            return tuple(told)
        payload = judged.frame.payload
        image = payload if isinstance(payload, Image) else None
        if self._watching is None:
            made = self._collecting.take(seen, image)
            return (*told, *self._learned(made, judged)) if made else tuple(told)
        if not self._fits(seen, self._watching.reference):
            return (*told, *self._another(judged))
        readings = self._watching.take(seen, image)
        return tuple(told) if readings is None else (*told, *self._tested(readings, judged))

    def reset_reference(self) -> None:
        """Forget the reference; the next frames make a new one. May be called by any thread."""
        self._reset = True

    def close(self) -> None:
        """Keep the reference for the next start; it was written when it was made."""
        if self._watching is not None and not self._path.exists():
            self._write(self._watching.reference)

    def _forget(self) -> None:
        self._over: set[str] = set()
        self._cause = ""
        self._tests = self._lasting = 0

    def _begun(self, judged: Judged) -> list[Told]:
        """What is due before a frame: the reference on disk, or that it is to be forgotten."""
        if self._reset:
            self._reset = False
            self._opened = True
            self._anew()
        if self._opened:
            return []
        self._opened = True
        if not self._path.exists():
            return []
        try:
            self._watching = Watching(read_reference(self._path, self._config), self._config)
        except UnreadableFileError as error:
            said = words.damaged_notice(self._place, str(error))
            return [self._event(judged, "drift", "warning", said, "damaged")]
        return []

    def _anew(self) -> None:
        self._path.unlink(missing_ok=True)
        self._collecting, self._watching = Collecting(self._config), None
        self._strange = 0
        self._forget()

    def _looked_at(self, judged: Judged) -> list[Told]:
        """Faults that frames show by themselves."""
        before = self._sensor.told
        self._sensor = after(self._sensor, judged.quality)
        now = self._sensor.told
        if now == before:
            return []
        if now:
            said = words.sensor_notice(self._place, now)
            return [self._event(judged, "sensor", "error", said, now, cause=now)]
        return [self._event(judged, "sensor", "info", words.back_notice(self._place), "back")]

    def _learned(self, reference: Reference, judged: Judged) -> list[Told]:
        self._watching = Watching(reference, self._config)
        self._write(reference)
        settled = not reference.wander
        frames = len(next(iter(reference.raw.values())))
        said = words.reference_notice(self._place, frames, settled)
        severity = "info" if settled else "warning"
        return [self._event(judged, "drift", severity, said, "reference", frames=frames)]

    def _fits(self, seen: Observed, reference: Reference) -> bool:
        fits = seen.key == reference.key and same_names(seen.rows, reference.raw)
        self._strange = 0 if fits else self._strange + 1
        return fits

    def _another(self, judged: Judged) -> list[Told]:
        if self._strange < STRANGE_RUN:
            return []
        self._anew()
        return [self._event(judged, "drift", "info", words.anew_notice(self._place), "anew")]

    def _tested(self, readings: dict[str, Reading], judged: Judged) -> list[Told]:
        self._tests += 1
        stood = bool(self._over)
        self._over = {x for x in self._over if readings[x].value > _BACK * readings[x].level}
        over = {name for name, reading in readings.items() if reading.over}
        told: list[Told] = []
        if over - self._over:
            told = self._new(readings, over, judged)
        else:
            self._lasting = 0
        if stood and not self._over:
            said = words.back_notice(self._place)
            kind = "drift" if self._cause == PROCESS else "sensor"
            told = [self._event(judged, kind, "info", said, "back")]
            self._cause = ""
        if told or self._tests % TESTS == 0:
            told = [*self._records(readings, judged), *told]
        return told

    def _new(self, readings: dict[str, Reading], over: set[str], judged: Judged) -> list[Told]:
        """Measures that have just become drift: said once enough frames show of what kind."""
        assert self._watching is not None
        watching = self._watching
        self._lasting += 1
        if self._lasting <= LASTING:
            return []
        self._over |= over
        cause = watching.cause(self._lasting * watching.pace.step)
        if cause == self._cause:  # the same change, which another measure shows too
            return []
        self._cause = cause
        ranked = sorted(over, key=lambda x: -readings[x].value / max(readings[x].level, 1e-12))
        since = max(watching.since(readings), self._lasting * watching.pace.step)
        frames = since * watching.pace.every
        said = words.drift_notice(self._place, cause, ranked, frames)
        moved = watching.changes(since)
        measures = {
            name: {"value": readings[name].value, "level": readings[name].level}
            | ({"step": moved[name].step} if name in moved else {})
            for name in ranked
        }
        facts = {"measures": measures, "frames": frames, "picture": self._picture(since, judged)}
        kind = "drift" if cause == PROCESS else "sensor"
        return [self._event(judged, kind, "warning", said, cause, cause=cause, **facts)]

    def _records(self, readings: dict[str, Reading], judged: Judged) -> list[DriftRecord]:
        return [
            DriftRecord(
                source=self._source,
                time=judged.frame.time,
                measure=name,
                value=reading.value,
                level=reading.level,
                drifted=name in self._over,
                channel=self._channel,
                cause=self._cause if name in self._over else "",
            )
            for name, reading in readings.items()
        ]

    def _picture(self, since: int, judged: Judged) -> str | None:
        """Path of a picture of what changed, below the media folder; None where there is none."""
        from faultlens.line.monitoring.change_picture import picture_of_frames, picture_of_spectra

        if self._media is None or self._watching is None:
            return None
        before, now = self._watching.reference.seen, self._watching.seen(since)
        if before is not None and now is not None:
            made = picture_of_frames(before, now)
        elif SPECTRUM in self._watching.reference.raw:
            reference = self._watching.reference.raw[SPECTRUM]
            made = picture_of_spectra(
                reference, self._watching.rows(SPECTRUM, since), judged.band_hz
            )
        else:
            return None
        place = f"{PICTURES}/{self._id(judged, 'picture')}.png"
        try:
            with written_whole(self._media / place) as temporary:
                temporary.write_bytes(made)
        except OSError:  # a full disk: the drift is said all the same
            return None
        return place

    def _write(self, reference: Reference) -> None:
        try:
            write_reference(self._path, reference)
        except OSError:  # a full disk: `close` tries again
            return

    def _event(
        self, judged: Judged, kind: str, severity: str, said: Notice, what: str, **facts: object
    ) -> EventRecord:
        known = {name: x for name, x in facts.items() if x is not None}
        return EventRecord(
            id=self._id(judged, f"{kind}/{what}"),
            time=judged.frame.time,
            kind=kind,
            severity=severity,
            en=said.en,
            zh=said.zh,
            source=self._source,
            facts={"channel": self._channel, "frame": judged.frame.id, **known},
        )

    def _id(self, judged: Judged, what: str) -> str:
        # The same frame, judged again after a crash, makes the same event.
        frame = judged.frame
        return uuid5(NAMESPACE_URL, f"{frame.source}/{frame.channel}/{frame.id}/{what}").hex
