# The front door. Every target first installs what is missing (scripts/setup; free when all is there).
.DEFAULT_GOAL := help
.PHONY: help setup configure build python data all-data demo test check check-full bench clean

PYTHON := build/venv/bin/python
BUILD := build/release
JOBS := $(shell nproc)

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Install system packages and the Python environment, where missing
	@scripts/setup

configure: setup
	@test -e $(BUILD)/build.ninja || cmake --preset release

build: configure ## Compile everything into build/release
	@cmake --build $(BUILD) --parallel $(JOBS)

python: configure ## Compile the Python package into build/release/python
	@cmake --build $(BUILD) --parallel $(JOBS) --target tenon_python

data: setup
	@$(PYTHON) scripts/layout_data

all-data: setup
	@$(PYTHON) scripts/layout_data --all

demo: configure data ## A model with a plugin becomes an engine, and another process names real digits
	@cmake --build $(BUILD) --parallel $(JOBS) --target trtexec maxpool_plugin sample_max_pool
	@scripts/demo

test: build python all-data ## All tests but the slow ones; ends with one line of counts
	@$(PYTHON) scripts/run_tests

check: build ## Format, tidy, layers, budgets, file lists, quoted docs, Python
	@scripts/check

check-full: check all-data ## Also all of tidy, ASan+UBSan, TSan and a minute of fuzzing each target
	@scripts/check_full

bench: build all-data ## Compare speed with ONNX Runtime and OpenVINO, interleaved in one run
	@scripts/setup bench/requirements.txt
	@$(PYTHON) bench/compare.py

clean: ## Remove what was built and made; the Python environment stays
	@rm -rf $(addprefix build/,release dev tsan fuzz safe cuda) data
