"""Answers as the OpenAPI document shows them: real ones, shortened."""

from typing import Any

MATCHES: dict[str, Any] = {
    "matches": [
        {"prompt": "metal surface with crack", "similarity_score": 0.91},
        {"prompt": "metal surface with no defect", "similarity_score": 0.09},
    ]
}

_SOURCE = {"asset": None, "source": None, "time": None, "profile": None}

INSPECTION: dict[str, Any] = {
    "schema": 1,
    "file": "shaft-0417.jpg",
    **_SOURCE,
    "part": "drive shaft",
    "model": "builtin/surface@1bb01ff55dd0",
    "verdict": "crack",
    "alarm": True,
    "alarm_score": 0.956,
    "threshold": 0.7035,
    "false_alarm_rate": 0.05,
    "sentence": "Crack at the upper left; threshold 0.70 (5 % false alarms).",
    "findings": [
        {
            "label": "crack",
            "score": 0.871,
            "defect": "crack",
            "region": {
                "boxes": [{"x": 41, "y": 62, "width": 179, "height": 14, "score": 0.99}],
                "mask": {"size": [700, 1180], "counts": [11234, 4]},
            },
            "evidence": {"likeness": 0.871},
        },
        {"label": "no defect", "score": 0.083, "region": None, "evidence": {}},
        {"label": "unknown", "score": 0.046, "region": None, "evidence": {}},
    ],
    "picture": {"width_px": 1180, "height_px": 700, "mm_per_pixel": None},
    "warnings": ["The alarm threshold comes from rendered pictures, not from this product; ..."],
    "seconds": 0.031,
}

DIAGNOSIS: dict[str, Any] = {
    "schema": 1,
    "file": "pump-7.wav",
    **_SOURCE,
    "part": None,
    "model": "builtin/bearing@a769da5086a4",
    "verdict": "inner race fault",
    "alarm": True,
    "alarm_score": 0.981,
    "threshold": 0.6023,
    "false_alarm_rate": 0.05,
    "sentence": "Inner race fault: lines at 5.42 times the shaft's speed; threshold 0.60.",
    "findings": [
        {
            "label": "inner race fault",
            "score": 0.981,
            "fault": "inner_race",
            "region": {"start_s": 0.0, "end_s": 1.0},
            "evidence": {"families": [{"family": "inner", "matched_harmonics": [1, 2, 3]}]},
        },
        {"label": "healthy", "score": 0.011, "region": None, "evidence": {}},
        {"label": "unknown", "score": 0.008, "region": None, "evidence": {}},
    ],
    "shaft": {"stated_rpm": 1772.0, "measured_rpm": 1768.2, "speed_factor": 0.9979},
    "bearing": "6205",
    "severity": {"velocity_rms_mm_s": None, "zone": None, "machine_group": "group 2 rigid"},
    "warnings": [],
    "seconds": 0.004,
}

MEASUREMENT: dict[str, Any] = {
    "schema": 1,
    "file": "plate-0417.ply",
    **_SOURCE,
    "part": "plate",
    "model": "builtin/scan@92c6368ca2db",
    "verdict": "dent",
    "alarm": True,
    "alarm_score": 0.9999,
    "threshold": 0.9002,
    "false_alarm_rate": 0.01,
    "sentence": "Dent, certain: 0.301 ± 0.007 mm deep, 6.06 mm across, at the centre; rework.",
    "severity": "rework",
    "findings": [
        {"label": "dent", "score": 0.9978, "defect": "dent", "defects": [1], "evidence": {}},
        {"label": "unknown", "score": 0.0021, "defect": "unknown", "defects": [], "evidence": {}},
        {"label": "no defect", "score": 0.0001, "defect": "no_defect", "evidence": {}},
    ],
    "defects": [
        {
            "number": 1,
            "label": "dent",
            "score": 0.9978,
            "kind": "depression",
            "depth_mm": 0.30121,
            "depth_mm_u95": 0.0071,
            "length_mm": 6.05726,
            "width_mm": 5.92225,
            "area_mm2": 28.1937,
            "volume_mm3": 4.12605,
            "position_mm": [4.8, 3.0, 0.0],
            "severity": "rework",
        }
    ],
    "reference": {"kind": "plane", "rms_mm": 0.00408},
    "unit": "mm",
    "scan": {"points": 60501, "cell_mm": 0.2, "roughness_mm": 0.00396},
    "warnings": [],
    "seconds": 0.57,
}

HEALTH: dict[str, Any] = {
    "status": "healthy",
    "model_loaded": True,
    "device": "cpu",
    "version": "0.1.0",
    "models": {
        "match": "builtin/surface@1bb01ff55dd0",
        "inspect": "builtin/surface@1bb01ff55dd0",
        "diagnose": "builtin/bearing@a769da5086a4",
        "measure": "builtin/scan@92c6368ca2db",
    },
    "workers": 2,
}

FAULTS: dict[str, Any] = {
    "faults": [
        {
            "key": "cage",
            "names": {"en": "cage fault", "zh": "保持架故障"},
            "description": {"en": "lines at the cage's order", "zh": "保持架阶次谱线"},
        }
    ],
    "defects": [
        {
            "key": "crack",
            "names": {"en": "crack", "zh": "裂纹"},
            "description": {"en": "a thin dark line", "zh": "细而暗的线"},
            "sets": ["surface"],
        }
    ],
    "sets": [{"key": "surface", "names": {"en": "metal surface", "zh": "金属表面"}}],
}

MODELS: dict[str, Any] = {
    "verbs": {"inspect": {"model": "builtin/surface@1bb01ff55dd0", "names": ["builtin/surface"]}},
    "models": [
        {
            "name": "builtin/surface",
            "reference": "builtin/surface@1bb01ff55dd0",
            "kind": "image",
            "size_mb": 8.1,
            "card": {"summary": "Pictures of metal surfaces.", "licence": "MIT"},
            "problem": None,
        }
    ],
}

SWAPPED = {"verb": "inspect", "model": "shaft-2026@5b1e0c9a7f21"}

PROFILE: dict[str, Any] = {
    "of": "recordings",
    "name": "pump-7",
    "model": "builtin/bearing@a769da5086a4",
    "threshold": 0.71,
    "false_alarm_rate": 0.01,
    "samples": 120,
    "bearing": "6205",
    "faults": [],
}

PROFILES: dict[str, Any] = {"profiles": [PROFILE]}
