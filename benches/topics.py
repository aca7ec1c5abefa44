"""What the benchmark's tables are called, and what their figures are held to."""

TYPES = "Fault type, forced choice of three"
SPEED_KNOWN = "Speed known, geometry unknown"
NOTHING_KNOWN = "Neither speed nor geometry known"
DETECTION = "Fault against healthy, area under the ROC"
ALARMS = "At the shipped threshold"
WHOLE = "One judgement per whole recording"
CALIBRATION = "Confidence against what is true"
PARAPHRASES = "Paraphrases never seen"
ASKED = "From a sentence to the recording it is true of"
SPEED = "Speed"

NOT_ON_CARDS = (WHOLE,)
"""Nearly the same as the topics before it: on the benchmark's page only."""

MINUS_RULE = "minus the rule"
"""How a difference between the learned model and the rule is marked."""

BALANCED, ERROR, FALSE, TOP_1 = (
    "balanced accuracy",
    "expected calibration error",
    "false alarms",
    "top-1",
)
OUTER, INNER, BALL, ANY = "outer recall", "inner recall", "ball recall", "any fault"

ALL_RIGS, HEALTHY_RIGS = "all rigs", "healthy, all rigs"
IN_PROCESS = "10 s at 12 kHz, in process, file to verdict"
WHOLE_COMMAND = "the same, whole command"
HOUR = "an hour of 51.2 kHz wav"
WINDOWS = "windows of 1 s at 25.6 kHz, one core, prepared and encoded"
TIME, PEAK, PROCESSOR, CLOCK = (
    "time",
    "peak memory",
    "times real time, by processor time",
    "times real time, by the clock",
)

AIMS: dict[tuple[str, str, str], float] = {
    (TYPES, "CWRU drive end", BALANCED): 0.85,
    (TYPES, "CWRU drive end", BALL): 0.60,
    (TYPES, "CWRU fan end", BALANCED): 0.90,
    (TYPES, "CWRU fan end", BALL): 0.75,
    (TYPES, "MFPT", BALANCED): 1.0,
    (SPEED_KNOWN, "CWRU drive end", BALANCED): 0.70,
    (DETECTION, "CWRU drive end", ANY): 0.98,
    (DETECTION, "CWRU fan end", ANY): 0.98,
    (DETECTION, "MFPT", ANY): 0.98,
    (DETECTION, ALL_RIGS, ANY): 0.98,
    (ALARMS, HEALTHY_RIGS, FALSE): 0.01,
    **{
        (ALARMS, rig, recall): 0.90
        for rig in ("CWRU drive end", "CWRU fan end", "MFPT")
        for recall in (OUTER, INNER)
    },
    (CALIBRATION, ALL_RIGS, ERROR): 0.08,
    (PARAPHRASES, "bearings, English", TOP_1): 0.95,
    (PARAPHRASES, "bearings, Chinese", TOP_1): 0.85,
    (SPEED, WINDOWS, PROCESSOR): 200,
    (SPEED, IN_PROCESS, TIME): 100,
    (SPEED, WHOLE_COMMAND, TIME): 1.5,
    (SPEED, HOUR, PEAK): 400,
}
"""(topic, subject, name) -> what the figure is to reach: errors, alarms, times and memory at most,
the others at least. Asked for before anything was measured."""
