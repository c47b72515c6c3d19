# One command per need; every target works on a fresh clone with Python 3.11 and make.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
OUT ?= out/oaxaca

.PHONY: help setup demo test bench lint clean frontend

help:
	@echo "make setup   a virtual environment from the hashed lock"
	@echo "make demo    setup, then plan the bundled pack and say where the result lies"
	@echo "make test    setup, then every check that CI runs"
	@echo "make bench   the figures in docs/benchmarks.md, measured on this machine"
	@echo "make lint    formatting, types and the order of the rooms"

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) not found: install Python 3.11, or say PYTHON=..."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m alcance.warm
	touch $@

demo: setup
	$(BIN)/alcance plan packs/oaxaca --out $(OUT)
	$(BIN)/alcance verify $(OUT) --pack packs/oaxaca
	@echo "The plan lies in $(OUT): open $(OUT)/report.html, or see the map with: $(BIN)/alcance serve $(OUT)"

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	$(BIN)/python -m pytest

bench: setup
	$(BIN)/python -m bench $(BENCH)

clean:
	rm -rf $(VENV) out bench/results
