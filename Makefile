# Two commands do everything: `make demo` and `make test`. Each sets up .venv by itself.
SHELL := /bin/bash
.DELETE_ON_ERROR:

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
OLDEST := .venv-oldest
SAMPLE := .sample/sample.mp4

CHROMIUM := /usr/bin/chromium
PLAYERS := tests/browser/node_modules/.ready

# A file's name goes into the environment as it was typed: neither make nor a shell expands it.
export VIDEO_FILE := $(value VIDEO)
unexport VIDEO

.PHONY: help demo test test-oldest test-browser check chaos docs torture fmt clean

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

# A file's tests share what takes long to set up; without the reordering, the chaos stays first.
test: $(READY) ## all tests
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

test-oldest: $(OLDEST)/.ready ## the functions' tests on the oldest boto3 that Lambda may bring
	@$(OLDEST)/bin/python -c 'import botocore; from handlers.clients import OLDEST_BOTOCORE as oldest; assert botocore.__version__ == oldest'
	@$(OLDEST)/bin/python -m pytest tests/handlers -n auto --dist loadfile

# Everything but boto3 is borrowed from .venv: its folder comes after this one's own.
$(OLDEST)/.ready: requirements-oldest.txt $(READY)
	@$(PYTHON) -m venv --clear $(OLDEST)
	@$(OLDEST)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-oldest.txt
	@$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' \
		> "$$($(OLDEST)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/borrowed.pth"
	@touch $@

test-browser: $(READY) $(CHROMIUM) $(PLAYERS) ## renditions and the page in Chromium; installs it, and hls.js, where they are missing
	@$(BIN)/python -m pytest tests/browser/playback.py tests/browser/local_page.py

$(CHROMIUM):
	@echo "Installing Debian's chromium ..."
	@apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null || \
		{ echo "chromium could not be installed: run this as root, with Debian's packages in reach, or install it first." >&2; exit 1; }

$(PLAYERS): tests/browser/package-lock.json
	@PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --prefix tests/browser --no-audit --no-fund --loglevel=error || \
		{ echo "hls.js could not be installed: npm has to be there, with its packages in reach." >&2; exit 1; }
	@touch $@

check: $(READY) ## format, lint, types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy .

chaos: $(READY) ## five thousand uploads, and everything that can go wrong (half an hour)
	@$(BIN)/python -m pytest -s tests/chaos --chaos-uploads 5000

docs: $(READY) ## rewrite the generated tables of the documentation
	@$(BIN)/python -m docs

torture: $(READY) ## every clip that is difficult with every preset; rewrites docs/torture.md (minutes)
	@$(BIN)/python -m tests.torture.page

fmt: $(READY) ## rewrite the code in the project's format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean: ## remove everything that the other commands made
	@rm -rf .venv $(OLDEST) .sample tests/browser/node_modules out .mypy_cache .pytest_cache .ruff_cache .hypothesis
