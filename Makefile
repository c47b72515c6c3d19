# One command per need; every target works on a fresh clone with Python 3.11 and make.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
OUT ?= out/oaxaca

.PHONY: help setup demo test bench lint clean frontend-current judges

help:
	@echo "make setup   a virtual environment from the hashed lock"
	@echo "make demo    setup, then plan the bundled pack and say where the result lies"
	@echo "make test    setup, then every check that CI runs"
	@echo "make judges  the programs that judge the open data, for the tests"
	@echo "make bench   the figures in docs/benchmarks.md, measured on this machine"
	@echo "make lint    formatting, types and the order of the rooms"

setup: $(VENV)/.ready $(VENV)/.warm

$(VENV)/.ready: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) not found: install Python 3.11, or say PYTHON=..."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# Compiled kernels are kept between runs. One that calls a kernel of another file does not notice when that file changes,
# and a stale one can crash: so all are compiled again when any of them has changed.
$(VENV)/.warm: $(VENV)/.ready $(shell grep -rl njit src --include='*.py')
	@echo "Compiling the kernels once, about a minute; they are kept from then on"
	find src -name '*.nb[ic]' -delete
	$(BIN)/alcance plan tests/data/tiny_pack --out $(VENV)/warm --price satellite_terminal=3 --quiet >/dev/null
	$(BIN)/alcance verify $(VENV)/warm >/dev/null
	touch $@

demo: setup
	$(BIN)/alcance plan packs/oaxaca --out $(OUT) --beside link_confidence=0.5,0.7,0.9
	$(BIN)/alcance verify $(OUT) --pack packs/oaxaca
	@echo "Plans that are 50, 70 and 90 % sure of each link stand side by side in $(OUT)/report.html#beside"
	@echo "The plan lies in $(OUT): open $(OUT)/report.html, or see the map with: $(BIN)/alcance serve $(OUT)"

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The built map is compared with its sources where a node that can build it is at hand; no user needs one.
frontend-current:
	@if node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' 2>/dev/null; \
	then frontend/check_built.sh; else echo "built map not compared with its sources: that needs node 20.19 or later and npm"; fi

# Programs that judge the open data, in an environment of their own; where they cannot be had, their tests are skipped.
judges: .venv-judges/.ready

.venv-judges/.ready: requirements-judges.lock
	test -x .venv-judges/bin/python || $(PYTHON) -m venv .venv-judges
	.venv-judges/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-judges.lock \
		&& touch $@ || echo "the judges could not be installed: the tests that ask them will be skipped"

# A file of tests to a process, two at a time.
test: lint frontend-current judges
	$(BIN)/python -m pytest -n 2 --dist loadfile

bench: setup
	$(BIN)/python -m bench $(BENCH)

clean:
	rm -rf $(VENV) .venv-judges out bench/results
