# Soundings. `make run` starts everything; `make help` lists the rest.

.DEFAULT_GOAL := help
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
# A stamp is newer than its lock file when the environment holds what that file locks.
RUNTIME := $(VENV)/.runtime-installed
DEVELOPMENT := $(VENV)/.development-installed
VECTORS := $(VENV)/.vectors-installed
# Quiet, never asking; every file checked against its hash. pip finds its index by itself.
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet --quiet --require-hashes
# Commands that load the settings without a database or a secret worth keeping.
OFFLINE := SECRET_KEY=offline IDENTITY_KEYS=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
	DATABASE_URL=postgresql://nobody@127.0.0.1:1/none REDIS_URL=redis://127.0.0.1:1
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-annotate --no-header --python-version 3.11

.PHONY: help
help: ## this list
	@awk -F ' *## *' '/^[a-z-]+:.*## /{ split($$1, t, ":"); printf "make %-10s %s\n", t[1], $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: run
run: install ## install, then start everything; PORT, DATA_DIR, ADMIN_PASSWORD, … in the environment
	@exec $(BIN)/python -m survey_site.run

.PHONY: install
install: $(RUNTIME) ## what running needs, in .venv

.PHONY: vectors
vectors: $(VECTORS) ## what themes of English answers gain by: 33 MB of word vectors, in .venv

.PHONY: test
test: $(DEVELOPMENT) ## all tests but the long ones; ARGS="tests/web -k receipt" for some of them
	@$(BIN)/python -m pytest -n 2 --dist worksteal -q -m "not long" $(ARGS)

.PHONY: test-long
test-long: $(DEVELOPMENT) ## the tests that take a minute or more, or start programs over and over
	@$(BIN)/python -m pytest -n 2 -q -m long $(ARGS)

.PHONY: office
office: $(DEVELOPMENT) ## what LibreOffice makes of our files, where it is installed
	@$(BIN)/python -m pytest -q tests/office $(ARGS)

.PHONY: check
check: $(DEVELOPMENT) ## format, lint, types, floors, migrations
	@$(BIN)/ruff format --check --quiet . || { echo "Not formatted: run $(BIN)/ruff format ."; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(OFFLINE) $(BIN)/mypy
	@$(BIN)/lint-imports
	@$(OFFLINE) $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

.PHONY: messages
messages: $(DEVELOPMENT) ## gather what is to be translated into locale/; ADD=sv begins a language
	@$(BIN)/python -m survey_site.catalogues gather $(ADD)

.PHONY: bench
bench: $(DEVELOPMENT) ## measure against the limits; ONLY=name for one of them
	@$(BIN)/python -m benchmarks.run $(if $(ONLY),ONLY=$(ONLY))

.PHONY: bench-text
bench-text: $(DEVELOPMENT) ## measure what is made of open answers; TEXT_DATA=folder of labelled sets and surveys
	@$(BIN)/python -m benchmarks.text
	@SOUNDINGS_TEST_DATA="$${TEXT_DATA:-$$SOUNDINGS_TEST_DATA}" $(BIN)/python -m benchmarks.text_names

.PHONY: drill
drill: $(DEVELOPMENT) ## lose the database, bring it back to a moment, compare
	@$(BIN)/python -m benchmarks.drill

.PHONY: faults
faults: $(DEVELOPMENT) ## kill, freeze, fill and cut everything while people answer; FAULTS=n SEED=n
	@$(BIN)/python -m tests.faults

.PHONY: hostile
hostile: $(DEVELOPMENT) ## send 25,000 hostile requests to a real server; HOSTILE=n, SEED=n, REPLAY=file
	@HOSTILE="$(HOSTILE)" SEED="$(SEED)" REPLAY="$(REPLAY)" $(BIN)/python -m tests.hostile

.PHONY: pictures
pictures: $(DEVELOPMENT) ## draw the pictures of question types for the docs
	@$(OFFLINE) DEBUG=1 DJANGO_SETTINGS_MODULE=survey_site.settings $(BIN)/python -m tests.draw_types

.PHONY: lock
lock: $(DEVELOPMENT) ## write the lock files anew from pyproject.toml
	@$(LOCK) pyproject.toml --output-file requirements.txt
	@$(LOCK) pyproject.toml --group dev --output-file requirements-dev.txt
	@$(LOCK) --no-deps --group vectors --output-file requirements-vectors.txt

.PHONY: clean
clean: ## remove .venv and caches; .data, with everybody's answers, stays
	@rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUNTIME): requirements.txt $(BIN)/python
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@echo "Installing what it needs into $(VENV) (a minute or two, the first time) …"
	@$(PIP) -r requirements.txt || { echo "The installation failed: is there a network, or a mirror that pip knows of?"; exit 1; }
	@touch $@

$(DEVELOPMENT): requirements-dev.txt $(RUNTIME)
	@echo "Installing the tools for tests and checks …"
	@$(PIP) -r requirements-dev.txt || { echo "The installation failed: is there a network, or a mirror that pip knows of?"; exit 1; }
	@touch $@

$(VECTORS): requirements-vectors.txt $(RUNTIME)
	@$(PIP) --no-deps -r requirements-vectors.txt
	@touch $@

# The first Python that is new enough; PYTHON=… chooses another. That of the system comes first:
# it is built with optimisations that those built by hand often lack. Half an environment is
# removed, so that the next try begins afresh.
$(BIN)/python:
	@for python in $(PYTHON) /usr/bin/python3 python3 python3.14 python3.13 python3.12 python3.11; do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		"$$python" -c 'import venv, ensurepip' 2>/dev/null || { without_venv="$$python"; continue; }; \
		"$$python" -m venv --clear $(VENV) && exit 0; \
		rm -rf $(VENV); \
		echo "$$python could not make $(VENV), see above: is the disk full, or the folder read-only?"; \
		exit 1; \
	done; \
	if [ -n "$$without_venv" ]; then \
		echo "$$without_venv lacks its module venv. On Debian and Ubuntu: apt-get install python3-venv"; \
	else \
		echo "Python 3.11 or newer is needed. On Debian and Ubuntu: apt-get install python3 python3-venv"; \
		echo "If it is installed under another name: make PYTHON=/path/to/python3 …"; \
	fi; \
	exit 1
