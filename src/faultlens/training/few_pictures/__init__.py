"""Few labelled pictures in, a bundle adapted to them out, measured with each left out.

Belongs here: which pictures are taken and what the base sees of them; methods of adaptation, LoRA
and masks among them; their choice by cross-validation; the bundle.
Does not belong here: applying what was learned (`models`, `runtimes`), rendered defects
(`training/surface`), recordings (`training/tune.py`).
"""
