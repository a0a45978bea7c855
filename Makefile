# Sets up and runs everything from a fresh clone, with only Python 3.11 or newer, pip, venv and make.
#
#   make run     the window; arguments in ARGS, as in: make run ARGS="run --sizes 1M,2M"
#   make test    the tests; ARGS as for pytest
#   make lint    style, formatting, types and import contracts
#   make matrix  the tests on every supported Python on PATH, of pyenv or named in PYTHONS; VERSIONS="3.13 3.14" for some
#   make bench   the measurements in tests/benchmarks, one after another
#   make soak    ten minutes of one run after another in one window: nothing that it uses may grow
#   make reports  records every public report in all the ways in which a run may end; ARGS for tests/endurance/reports.py
#   make pages   writes the parts of the project's pages that are made from the code
#   make fuzz    ten minutes of opening damaged files; SECONDS for another time, FILES for files to start from
#
# The environment is made from uv.lock in .venv (or where UV_PROJECT_ENVIRONMENT says), by a uv of its own in .tools.
# PYTHON names the interpreter to use.

UV_VERSION := 0.13.9
TOOLS ?= .tools
ENVIRONMENT := $(or $(UV_PROJECT_ENVIRONMENT),.venv)
BIN := $(ENVIRONMENT)/bin
UV := $(TOOLS)/bin/uv
UV_READY := $(TOOLS)/uv-$(UV_VERSION)
READY := $(ENVIRONMENT)/.ready

CANDIDATES := python3 python3.15 python3.14 python3.13 python3.12 python3.11 python
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
# Looked for only when a recipe needs it.
PYTHON ?= $(shell for python in $(CANDIDATES); do \
    "$$python" -c '$(NEW_ENOUGH)' 2>/dev/null && { command -v "$$python"; break; }; done)

MEASUREMENTS := $(wildcard tests/benchmarks/*.py)

export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := $(ENVIRONMENT)
# Somebody's active environment is not ours.
unexport VIRTUAL_ENV

.DELETE_ON_ERROR:
.PHONY: help run test lint pages matrix bench soak fuzz reports ready python

help:
	@sed -n 's/^#   make/make/p' $(firstword $(MAKEFILE_LIST))

run: ready
	@$(BIN)/python -P desktop/environment/system_libraries.py
	$(BIN)/procession $(ARGS)

test: ready
	@QT_QPA_PLATFORM=offscreen $(BIN)/python -P desktop/environment/system_libraries.py
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --once-more 3 $(ARGS)

lint: ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Each page's part is written by the test that checks it.
pages: ready
	UPDATE_DOCUMENTS=1 $(BIN)/python -m pytest -m pages

matrix: ready
	.ci/matrix $(UV) $(VERSIONS)

bench: ready
	@missed=""; for program in $(MEASUREMENTS); do \
	    echo "$$program"; $(BIN)/python "$$program" || missed="$$missed $$program"; \
	done; test -z "$$missed" || { echo "A goal was missed, or it failed:$$missed" >&2; exit 1; }

soak: ready
	$(BIN)/python tests/endurance/soak.py 100000 600

reports: ready
	$(BIN)/python tests/endurance/reports.py $(ARGS)

fuzz: ready
	$(BIN)/python tests/endurance/fuzz.py $(or $(SECONDS),600) $(FILES)

ready: $(READY)

# Which interpreter is used.
python:
	@echo $(PYTHON)

$(READY): uv.lock pyproject.toml $(UV_READY)
	$(UV) sync --quiet --locked --python "$(PYTHON)"
	@touch $@

$(UV_READY):
	@test -n "$(PYTHON)" || \
	    { echo "Procession needs Python 3.11 or newer, and none of these is: $(CANDIDATES)." >&2; exit 1; }
	@"$(PYTHON)" -c '$(NEW_ENOUGH)' || \
	    { echo "Procession needs Python 3.11 or newer, and $(PYTHON) is older." >&2; exit 1; }
	"$(PYTHON)" -m venv --clear $(TOOLS)
	$(TOOLS)/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@
