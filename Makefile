# make help

PYTHON ?= python3
PORT ?= 8000
GRAPH ?=
FRESH ?=
# Each worker starts servers of its own, and only those that its tests ask for.
WORKERS ?= 2

BIN := .venv/bin
UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# The Node of the virtual environment, whatever Node the machine has.
WITH_NODE := PATH="$(CURDIR)/$(BIN):$$PATH"

.PHONY: help venv parquet demo dev servers lint format types test prove bench requirements schema

help:
	@echo 'make demo [PORT=8000] [GRAPH=neo4j] [FRESH=1]   serve the demo community on 127.0.0.1'
	@echo 'make venv                                       put planet_graph into .venv/bin'
	@echo 'make parquet                                    let `planet_graph export` write Parquet'
	@echo 'make test [WORKERS=2]                           check everything on real servers'
	@echo 'make lint | format | types                      the checks alone, and what ruff mends'
	@echo 'make prove | bench                              the long proofs, the measurements'
	@echo 'make schema                                     write schema/planet.graphql'
	@echo 'make requirements [UPGRADE=1]                   pin the lists of pyproject.toml again'

venv: .venv/main.stamp
	@:

# `exec`, so that Ctrl-C ends the server in order and make has nothing to complain about.
demo: venv
	@exec $(BIN)/planet_graph demo --port $(PORT) $(if $(GRAPH),--graph $(GRAPH)) $(if $(FRESH),--fresh)

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Python 3.11 or later is needed: make PYTHON=python3.11 venv' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo 'This Python cannot make virtual environments: apt install python3-venv' >&2; exit 1; }
	@$(PYTHON) -m venv .venv

# The stamps are written last, so an install that was stopped is done again.
.venv/main.stamp: requirements/main.txt pyproject.toml | .venv/bin/python
	@echo 'Installing what the product runs on'
	@$(PIP_INSTALL) --require-hashes -r requirements/main.txt
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/main.stamp
	@echo 'Installing what the tests run on'
	@$(PIP_INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

node_modules/npm.stamp: package-lock.json package.json .npmrc | .venv/dev.stamp
	@echo 'Installing the type checker'
	@$(WITH_NODE) npm ci --silent
	@touch $@

parquet: .venv/main.stamp
	@$(PIP_INSTALL) --require-hashes -r requirements/parquet.txt

dev: .venv/dev.stamp node_modules/npm.stamp
	@:

servers: venv
	@.ci/install-servers $(BIN)/python

format: dev
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

lint: dev
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/lint-imports

types: dev
	$(WITH_NODE) node_modules/.bin/pyright

test: dev servers
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/lint-imports
	$(WITH_NODE) node_modules/.bin/pyright
	$(BIN)/planet_graph schema export --check
	$(BIN)/pytest -n $(WORKERS) --dist loadfile

prove: dev servers
	$(BIN)/python -m tests.prove

bench: dev servers
	$(BIN)/python -m tests.benchmarks

schema: venv
	$(BIN)/planet_graph schema export

requirements: | .venv/dev.stamp
	$(UV_COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml --group build --output-file requirements/main.txt
	$(UV_COMPILE) $(if $(UPGRADE),--upgrade) --group parquet --constraints requirements/main.txt --output-file requirements/parquet.txt
	$(UV_COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml --group dev --constraints requirements/main.txt --output-file requirements/dev.txt
