"""A day of a line with what the analysis pages show beside counts, and people who look at it."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from faultlens.line.dashboard.app import dashboard_app
from faultlens.line.dashboard.sessions import COOKIE, new_session
from faultlens.line.dashboard.settings import DashboardSettings
from faultlens.line.live import LiveState
from faultlens.store.records import DriftRecord, EventRecord, ModelRecord, Record, ResultRecord
from faultlens.store.store import Store
from tests.filled_store import END, filled

LABEL = '<b>"crack" & more</b>'
"""What somebody may well call a defect, to bring a page down."""

LINES = [
    {"harmonic": k, "sideband": s, "expected_order": 4.95 * k + s, "measured_order": 4.95 * k + s,
     "strength": 3.0 / k, "matched": s != 1}
    for k in (1, 2) for s in (-1, 0, 1)
]  # fmt: skip

EVIDENCE = {
    "why": "20 new labelled frames",
    "labelled": 20,
    "rates": [
        {"figure": "correct", "set": "held", "live": [90, 100], "candidate": [96, 100]},
        {"figure": "missed", "set": "held", "live": [2, 40], "candidate": [3, 40]},
        {"figure": "alarms", "set": "shadow", "live": [4, 200], "candidate": [4, 200]},
        "odd",
        {"figure": "odd", "live": [5, 2], "candidate": [0, 0]},
    ],
}


def analysed(store: Store, results: int = 3000, **options: Any) -> None:
    """Fill a store with a day and what the pages of analysis need beside it."""
    filled(store, results, **options)
    store.write("analysis", list(enumerate(_records(), start=1)))


def _records() -> list[Record]:
    at = END - timedelta(minutes=5)
    families = [{"family": "inner", "lines": LINES}]
    bearing = ResultRecord(
        "gearbox", "gear/1", at, at, "inner race fault", True, 0.94, 0.6, "signal",
        channel="drive end", asset="gearbox G2", shift="late", latency_s=0.03,
        result={
            "findings": [
                {"label": "inner race fault", "score": 0.94, "evidence": {"families": families}},
                {"label": "healthy", "score": 0.06, "evidence": {}},
            ],
            "sentence": "Inner race fault, probable.",
            "warnings": ["The speed was guessed."],
            "severity": {"zone": "C", "velocity_rms_mm_s": 4.2},
        },
        quality={"rms": 1.25},
    )  # fmt: skip
    odd = ResultRecord(
        "cam-left", "odd&frame", at, at, LABEL, True, 0.9, 0.62, "picture", part="P<1>",
        result={"findings": [{"label": LABEL, "score": 0.9, "region": {"boxes": [{"x": 1}]}}, 7],
                "picture": {"width_px": "wide"}, "warnings": "all", "severity": 3},
    )  # fmt: skip
    return [
        bearing,
        odd,
        EventRecord(
            "e-blur", at, "sensor", "warning", "cam-right lost its focus.", "cam-right 失焦。",
            "cam-right", {"picture": "monitoring/blur.png", "channel": ""},
        ),
        DriftRecord("cam-right", at, "energy", 0.4, 0.08, True, "", "blur"),
        ModelRecord("m-1", "cam-right", at, "shadow", "tuned@0123456789ab", "m/1", "", EVIDENCE),
    ]  # fmt: skip


@dataclass(frozen=True)
class Visitor:
    """Somebody who is logged in.

    Args:
        client: their browser.
        token: of their forms.
    """

    client: TestClient
    token: str

    def page(self, path: str) -> str:
        """The text of a page that is answered."""
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text[:2000]
        return answer.text

    def send(self, path: str, **fields: str) -> Any:
        """Send a form; the answer is not followed."""
        form = {"csrf": self.token, **fields}
        return self.client.post(path, data=form, follow_redirects=False)


def visitor(
    store: Store, folder: Path, role: str = "engineer", live: LiveState | None = None, **more: Any
) -> Visitor:
    """Somebody of a role before the pages of a store; their name is that of the role."""
    (folder / "media").mkdir(exist_ok=True)
    settings = DashboardSettings("press-3", "", folder / "media", folder / "key", **more)
    app = dashboard_app(store, lambda: live, settings)
    # Who they are is what a page asks; that a password is asked for is tested where it is.
    app.state.room.people.role = lambda name: name
    session = new_session(role)
    client = TestClient(app, headers={"origin": "http://testserver"})
    client.cookies.set(COOKIE, app.state.room.sessions.written(session))
    return Visitor(client, app.state.room.sessions.token(session))
