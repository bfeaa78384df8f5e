# Two commands do everything: `make demo` and `make test`. Each sets up .venv by itself.
SHELL := /bin/bash
.DELETE_ON_ERROR:

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
SAMPLE := .sample/sample.mp4

# A file's name goes into the environment as it was typed: neither make nor a shell expands it.
export VIDEO_FILE := $(value VIDEO)
unexport VIDEO

.PHONY: help demo test check docs fmt clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# Without the stale copy first: pip would leave what an older requirements file installed.
$(READY): requirements.txt requirements-dev.txt
	@echo "Setting up .venv (about a minute, once) ..."
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

demo: $(READY) $(if $(VIDEO_FILE),,$(SAMPLE)) ## transcode a sample, or VIDEO=path.mp4, on the local cloud; files land in out/
	@$(BIN)/python -m local transcode --out out -- "$${VIDEO_FILE:-$(SAMPLE)}"

$(SAMPLE): | $(READY)
	@$(BIN)/python -m local sample $@

test: $(READY) ## all tests
	@$(BIN)/python -m pytest -n auto --dist loadfile

check: $(READY) ## format, lint, types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy .

docs: $(READY) ## rewrite the generated tables of the documentation
	@$(BIN)/python -m docs

fmt: $(READY) ## rewrite the code in the project's format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean: ## remove everything that the other commands made
	@rm -rf .venv .sample out .mypy_cache .pytest_cache .ruff_cache .hypothesis
