# Thecal's verbs. `make` alone lists them; CONTRIBUTING.md says when to use which.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

UV_VERSION := 0.13.9
BIN := .venv/bin
READY := .venv/.ready
RUNS := .venv/.runs
PEERS := benchmarks/.venv/.ready
PYTEST := $(BIN)/pytest
# One worker for each core; the tests of one file stay together, because they share servers, browsers and runs.
PARALLEL := -n logical --dist loadfile

# uv takes the interpreter that is here and never fetches one.
export UV_PYTHON_DOWNLOADS := never

.PHONY: bench mutate help setup run rules lint types rooms check browser test slow safety docs lock pages

help: ## List these verbs.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## Make .venv with exactly what requirements.lock names.

$(READY): requirements.lock pyproject.toml tools/make-venv.sh tools/find-python.sh
	@tools/make-venv.sh "$(UV_VERSION)"
	@touch $@

$(RUNS): requirements.lock pyproject.toml tools/make-venv.sh tools/find-python.sh
	@tools/make-venv.sh "$(UV_VERSION)" run
	@touch $@

run: $(if $(wildcard $(READY)),$(READY),$(RUNS)) ## Serve Thecal on this machine, with a demonstration patient. No root needed.
	@$(BIN)/thecal serve

lint: setup ## Style, formatting, unused and missing dependencies.
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/deptry src

types: setup ## mypy, strict.
	$(BIN)/mypy

rooms: setup ## The import contracts: who may import whom.
	$(BIN)/lint-imports

check: lint types rooms ## Before every commit: lint, types, rooms and the tests that need no browser, in a new order each time.
	$(PYTEST) -q $(PARALLEL) -m "not slow and not browser"

browser: ## See that the Debian packages that the tests need are here; as root, install them.
	@tools/system-packages.sh

test: browser setup lint types rooms docs ## Everything a change must pass, repeatably; CI runs only this.
	$(PYTEST) $(PARALLEL) -m "not slow" --hypothesis-profile=ci --randomly-seed=1

slow: setup ## What takes minutes: a pump's life, with new examples each time. Not in CI.
	$(PYTEST) -m slow -q -p no:randomly --timeout=7200

safety: setup ## Hold every claim of the safety case against its evidence, and draw docs/safety anew.
	@PYTHONPATH=tools $(BIN)/python -m safety_case

rules: setup ## Draw docs/rules anew from the dosing rules.
	$(BIN)/python tools/rulebook.py

bench: setup $(PEERS) ## Measure the body's engine against its peers; writes benchmarks/results.json and README.md. Needs gcc and libsundials-dev.
	$(BIN)/python benchmarks/run.py

$(PEERS): benchmarks/peers/requirements.txt | $(READY)
	@echo "Making benchmarks/.venv with the peers that pip installs"
	@$(BIN)/python -m venv --clear benchmarks/.venv
	@$(BIN)/uv pip install --quiet --compile-bytecode --python benchmarks/.venv/bin/python --requirement $<
	@touch $@

pages: setup ## Run the Python of README, guides and science pages; draw what it prints and shows anew.
	$(BIN)/python tools/notebook.py

mutate: setup ## Change the pump's and the body's code on purpose and see what the tests notice. An hour or more.
	@PYTHONPATH=tools:src $(BIN)/python -m mutate $(only)

docs: setup ## Build the documentation into site/, strictly; the reference is drawn from the docstrings.
	$(BIN)/python tools/api_reference.py
	$(BIN)/zensical build --clean --strict

lock: $(READY) ## Make requirements.lock anew from pyproject.toml.
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-annotate --python-version 3.11 \
	  --extra dev --custom-compile-command "make lock" --output-file requirements.lock pyproject.toml
