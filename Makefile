# One recipe book: people, CI and hooks call the same recipes.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
ARGS   ?=
# EXTRAS=all installs every optional package too, so that no test is skipped for want of one.
EXTRAS ?=
LOCK   := $(if $(EXTRAS),requirements-all.lock,requirements-dev.lock)
DONE   := $(VENV)/.installed$(if $(EXTRAS),-all)
COMPILE = $(PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --group dev --no-emit-index-url --no-emit-find-links --no-header pyproject.toml
# The wheel of PyTorch for CUDA brings gigabytes of libraries, the one for the CPU none of them: the lock names
# neither, so that it installs with both; pip adds what the wheel at hand asks for.
WITHOUT_CUDA = awk '/^[^ ]/ { skip = /^(nvidia-|cuda-|triton)/ } !skip'

# Commands that tests start shall not compile their modules again each.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check bench format lock clean help

help: ## list the recipes
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

# The environment is made anew only when the lock file or the project file changes. Python compiles what is
# imported when it is: compiling every file of every package takes twice as long as all the rest.
$(DONE): $(LOCK) pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f"imbtool needs Python 3.11 or newer; this is {v.major}.{v.minor}. Try: make $(MAKECMDGOALS) PYTHON=python3.12")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --requirement $(LOCK)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

demo: $(DONE) ## set up and compare treatments on a data set that comes with the project
	$(BIN)/imbtool compare digits8 --target is_eight $(ARGS)

test: $(DONE) ## set up and run the whole test suite; EXTRAS=all leaves out nothing
	$(BIN)/python -m pytest -n auto --dist loadgroup $(ARGS)

check: $(DONE) ## format, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: $(DONE) ## run the benchmarks, print their tables
	$(BIN)/python -m benchmarks $(ARGS)

format: $(DONE) ## format and apply safe fixes
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## write the lock files anew from pyproject.toml
	$(COMPILE) --output-file requirements-dev.lock
	$(COMPILE) --all-extras --output-file requirements-all.lock
	$(WITHOUT_CUDA) requirements-all.lock > requirements-all.lock.new && mv requirements-all.lock.new requirements-all.lock

clean: ## remove the environment and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
