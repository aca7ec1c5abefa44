"""Describe a fault in words; it is found in a recording, a picture or a scan, with the evidence.

    >>> import faultlens
    >>> faultlens.BearingGeometry(9, 7.94, 39.04).fault_orders().bpfo
    3.5847...

Everything public is a name of this module. A name is fetched from its room when it is first used,
so that `import faultlens` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from faultlens.core.version import __version__ as __version__

if TYPE_CHECKING:
    from faultlens.client.async_client import AsyncClient as AsyncClient
    from faultlens.client.client import Client as Client
    from faultlens.core.errors import FaultlensError as FaultlensError
    from faultlens.datasets.corrections.correct import correct as correct
    from faultlens.datasets.corrections.correct import withdraw as withdraw
    from faultlens.images.image import Image as Image
    from faultlens.images.read import read_image as read_image
    from faultlens.images.thermal.hot_spots import hot_spots as hot_spots
    from faultlens.images.thermal.read import read_thermal as read_thermal
    from faultlens.images.thermal.thermal import Thermal as Thermal
    from faultlens.inference.calibrate_scans import calibrate_scans as calibrate_scans
    from faultlens.inference.diagnose import diagnose as diagnose
    from faultlens.inference.findings import Diagnosis as Diagnosis
    from faultlens.inference.findings import Finding as Finding
    from faultlens.inference.infrared.fusion import Fusion as Fusion
    from faultlens.inference.infrared.learn import learn_fusion as learn_fusion
    from faultlens.inference.inspect import inspect as inspect
    from faultlens.inference.inspection import Inspection as Inspection
    from faultlens.inference.load import load_model as load_model
    from faultlens.inference.measure import measure as measure
    from faultlens.inference.measurement import Measurement as Measurement
    from faultlens.inference.trend import trend as trend
    from faultlens.inference.verdict.fuse import fuse as fuse
    from faultlens.inference.verdict.verdict import Verdict as Verdict
    from faultlens.profiles.calibrate import calibrate as calibrate
    from faultlens.profiles.hot_spot_alarm import calibrate_hot_spots as calibrate_hot_spots
    from faultlens.profiles.profile import Profile as Profile
    from faultlens.profiles.scan_profile import ScanProfile as ScanProfile
    from faultlens.profiles.severity_file import read_severity_rules as read_severity_rules
    from faultlens.profiles.surface_profile import SurfaceProfile as SurfaceProfile
    from faultlens.runtimes.loaded import Model as Model
    from faultlens.signals.kinematics import BearingGeometry as BearingGeometry
    from faultlens.signals.kinematics import FaultOrders as FaultOrders
    from faultlens.signals.read import read_signal as read_signal
    from faultlens.signals.signal import Signal as Signal
    from faultlens.signals.simulator.simulate import simulate as simulate
    from faultlens.surfaces.read import read_surface as read_surface
    from faultlens.surfaces.simulator.simulate import simulate_scan as simulate_scan
    from faultlens.surfaces.surface import Surface as Surface
    from faultlens.surfaces.surface import height_map as height_map
    from faultlens.surfaces.write import write_surface as write_surface

_HOME = {
    "AsyncClient": "faultlens.client.async_client",
    "BearingGeometry": "faultlens.signals.kinematics",
    "Client": "faultlens.client.client",
    "Diagnosis": "faultlens.inference.findings",
    "FaultOrders": "faultlens.signals.kinematics",
    "FaultlensError": "faultlens.core.errors",
    "Finding": "faultlens.inference.findings",
    "Fusion": "faultlens.inference.infrared.fusion",
    "Image": "faultlens.images.image",
    "Inspection": "faultlens.inference.inspection",
    "Measurement": "faultlens.inference.measurement",
    "Model": "faultlens.runtimes.loaded",
    "Profile": "faultlens.profiles.profile",
    "ScanProfile": "faultlens.profiles.scan_profile",
    "Signal": "faultlens.signals.signal",
    "Surface": "faultlens.surfaces.surface",
    "SurfaceProfile": "faultlens.profiles.surface_profile",
    "Thermal": "faultlens.images.thermal.thermal",
    "Verdict": "faultlens.inference.verdict.verdict",
    "calibrate": "faultlens.profiles.calibrate",
    "calibrate_hot_spots": "faultlens.profiles.hot_spot_alarm",
    "calibrate_scans": "faultlens.inference.calibrate_scans",
    "correct": "faultlens.datasets.corrections.correct",
    "diagnose": "faultlens.inference.diagnose",
    "fuse": "faultlens.inference.verdict.fuse",
    "height_map": "faultlens.surfaces.surface",
    "hot_spots": "faultlens.images.thermal.hot_spots",
    "inspect": "faultlens.inference.inspect",
    "learn_fusion": "faultlens.inference.infrared.learn",
    "load_model": "faultlens.inference.load",
    "measure": "faultlens.inference.measure",
    "read_image": "faultlens.images.read",
    "read_severity_rules": "faultlens.profiles.severity_file",
    "read_signal": "faultlens.signals.read",
    "read_surface": "faultlens.surfaces.read",
    "read_thermal": "faultlens.images.thermal.read",
    "simulate": "faultlens.signals.simulator.simulate",
    "simulate_scan": "faultlens.surfaces.simulator.simulate",
    "trend": "faultlens.inference.trend",
    "withdraw": "faultlens.datasets.corrections.correct",
    "write_surface": "faultlens.surfaces.write",
}

__all__ = list(_HOME)


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'faultlens' has no attribute '{name}'")
    thing: object = getattr(import_module(_HOME[name]), name)
    globals()[name] = thing
    return thing


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
