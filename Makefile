# One recipe book: people, CI and hooks call the same recipes.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
ARGS   ?=

.PHONY: demo test check bench format lock clean help

help: ## list the recipes
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

# The environment is made anew only when the lock file or the project file changes.
$(VENV)/.installed: requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f"imbtool needs Python 3.11 or newer; this is {v.major}.{v.minor}. Try: make $(MAKECMDGOALS) PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

demo: $(VENV)/.installed ## set up and compare treatments on a data set that comes with the project
	$(BIN)/imbtool compare digits8 --target is_eight $(ARGS)

test: $(VENV)/.installed ## set up and run the whole test suite
	$(BIN)/python -m pytest -n auto $(ARGS)

check: $(VENV)/.installed ## format, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: $(VENV)/.installed ## run the benchmarks, print their tables
	$(BIN)/python -m benchmarks $(ARGS)

format: $(VENV)/.installed ## format and apply safe fixes
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## write requirements-dev.lock anew from pyproject.toml
	$(PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --group dev --no-emit-index-url --no-emit-find-links --no-header pyproject.toml --output-file requirements-dev.lock

clean: ## remove the environment and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
