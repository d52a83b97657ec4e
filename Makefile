# make run    the whole hotline on this machine, until Ctrl-C
# make test   every story and every rule, in minutes (make test T=tests/stories for a part of it)
# make test-long  the same and everything that takes long, at full depth (DAY=2026-12-01: what CI draws on that day)
# make check  linter, types, import rules, migrations, city file and texts
# make talk   call the hotline from this terminal
# make docs   draw anew what is drawn in docs/
# make lock   pin every package anew with its hashes, after requirements*.txt was changed (UPGRADE=1: the newest of all)
# make audit  known vulnerabilities of what is installed; says so where the advisory service cannot be reached
# make sbom   the list of what runs, with licences: var/sbom.cdx.json
# make chaos  faults on the whole hotline under load: make chaos SEED=7 MINUTES=10 FAULTS=F8,F14
#             (SABOTAGE=recordings, mails, texts, reads or clock breaks the product too: the check must find it)
# make drill  how long a caller waits for the fallback when the app is dead
# make model  learn the reader of texts anew from corpus/
# make understanding  how well it understands hands that were set apart
# make rehearsal  docs/running.md's steps to production, followed on this machine with nginx, PostgreSQL and Redis: what differs
# make bench  how fast it is, next to a floor app: 20 minutes (QUICK=1 for one of three, ONLY=turns,flood for parts)
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
TOOLS := .venv/tools/bin
T ?= tests
# A lock names every package with the hashes of its wheels: nothing else is fetched, and nothing is built from source.
INSTALL := -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all:
# For every system and every Python from 3.11 on. docopt is left out: only the command of num2words uses it, and it has
# no wheel.
LOCK := $(TOOLS)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-config \
  --no-emit-package docopt --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)
PYTEST := $(BIN)/python -m pytest --dist worksteal --durations=10

.PHONY: run test test-long check talk docs drill model understanding bench chaos rehearsal lock audit sbom clean

run: .venv/installed
	@exec $(BIN)/python -m ivr.start

test: .venv/installed-dev
	@$(PYTEST) -n $$((2 * $$(nproc))) $(T)  # two to a core: half of a story is waiting for a store

test-long: .venv/installed-dev
	@TESTS=$(or $(DAY),long) $(PYTEST) -n logical $(T)

check: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m config.lint
	$(BIN)/flask menu --check
	$(BIN)/flask fallback check
	$(BIN)/python -m ticketing.database.schema

talk: .venv/installed
	@$(BIN)/python -m ivr.terminal

docs: .venv/installed
	@$(BIN)/flask menu --svg docs/menu.svg

drill: .venv/installed
	@$(BIN)/flask fallback drill

model: .venv/installed-model
	@$(BIN)/python -m corpus.train

understanding: .venv/installed
	@$(BIN)/python -m corpus.figures

bench: .venv/installed-dev
	@$(BIN)/python -m bench

chaos: .venv/installed-dev
	@PYTHONPATH=tests $(BIN)/python -W ignore:XDG_RUNTIME_DIR -m chaos $(if $(SEED),--seed $(SEED)) $(if $(MINUTES),--minutes $(MINUTES)) \
	  $(if $(FAULTS),--faults $(FAULTS)) $(if $(KEEP),--keep $(KEEP)) $(if $(SABOTAGE),--sabotage $(SABOTAGE))

rehearsal: .venv/installed-dev
	@PYTHONPATH=tests $(BIN)/python -m rehearsal

lock: .venv/installed-tools
	$(LOCK) requirements.txt -o requirements.lock
	$(LOCK) requirements-dev.txt -c requirements.lock -o requirements-dev.lock
	$(LOCK) requirements-model.txt -c requirements.lock -o requirements-model.lock
	$(LOCK) requirements-tools.txt -o requirements-tools.lock

audit: .venv/installed-tools
	@$(TOOLS)/python .ci/audit.py

sbom: .venv/installed .venv/installed-tools
	@$(BIN)/python .ci/sbom.py

clean:
	rm -rf .venv var

.venv/python: 
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/installed: requirements.lock | .venv/python
	@echo "Installing what the hotline runs on ..."
	@$(BIN)/python $(INSTALL) -r requirements.lock
	@touch $@

.venv/installed-dev: requirements-dev.lock .venv/installed
	@echo "Installing what the tests need ..."
	@$(BIN)/python $(INSTALL) -r requirements-dev.lock
	@touch $@

.venv/installed-model: requirements-model.lock .venv/installed
	@echo "Installing what training needs ..."
	@$(BIN)/python $(INSTALL) -r requirements-model.lock
	@touch $@

.venv/installed-tools: requirements-tools.lock | .venv/python
	@echo "Installing what pins and audits packages ..."
	@$(PYTHON) -m venv .venv/tools
	@$(TOOLS)/python $(INSTALL) -r requirements-tools.lock
	@touch $@
