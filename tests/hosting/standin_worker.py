"""A worker without models: it does what the options of a task say, so that hosts can be tested.

    {"sleep_s": 0.1}   answers after that time
    {"until": "path"}  answers once there is such a file
    {"die": "always"}  ends without an answer; or, with a path, only while no such file is there
    {"say": "nonsense"}  sends what is no message

Its plan names what it does at its start as the model of "match": "fail", "crash", "heavy" (the
first says that it has exported a model), else it is ready.
"""

import json
import os
import socket
import sys
import time
from pathlib import Path
from typing import Any

from faultlens.hosting.messages import packed, read_message


def main() -> None:
    channel = socket.socket(fileno=os.dup(0))
    reader = os.fdopen(os.dup(0), "rb")
    first = read_message(reader)
    assert first is not None
    plan = first[0]["plan"]
    print("words on standard output disturb nobody")
    match = plan["models"]["match"]
    if match == "fail":
        failed = {"kind": "UsageError", "message": "'fail' is no model; give another."}
        channel.sendall(packed({"failed": failed}))
        return
    if match == "crash":
        print("last words", file=sys.stderr)
        os._exit(7)
    exported = {}
    if match == "heavy" and not Path(plan["models_dir"], "heavy", "exported").exists():
        Path(plan["models_dir"], "heavy", "exported").touch()
        exported["exported"] = True
    models = {x: f"{name}@0123456789ab" for x, name in plan["models"].items()}
    channel.sendall(packed({"models": models, "seconds": {}, "device": "cpu", **exported}))
    while (message := read_message(reader)) is not None:
        tasks = message[0]["tasks"]
        for number, task in enumerate(tasks):
            options = task["options"]
            time.sleep(options.get("sleep_s", 0.0))
            while "until" in options and not Path(options["until"]).exists():
                time.sleep(0.005)
            die = options.get("die")
            if die == "always" or (die and not Path(die).exists()):
                if die != "always":
                    Path(die).touch()
                os._exit(9)
            if "say" in options:
                channel.sendall(b"\0\0\0\4\0\0\0\0nope")
                continue
            said = {"name": task["name"], "batch": len(tasks), "pid": os.getpid(), "models": models}
            answer: dict[str, Any] = {"problem": None, "stages": [0.0] * 4, "verdict": None}
            answer |= {"alarm": False, "score": None, "model": models.get(task["verb"], "")}
            content = json.dumps(said).encode()
            channel.sendall(packed({"number": number, "answer": answer}, content))


if __name__ == "__main__":
    main()
