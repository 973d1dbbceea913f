# The commands of this project; CMake does the building. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# A file that includes LibTorch takes up to 1.4 GB to compile: no more jobs than memory for them.
JOBS ?= $(shell awk -v cores="$$(nproc)" '/MemAvailable/ { n = int($$2 / 1500000); print n < 1 ? 1 : n < cores ? n : cores }' /proc/meminfo)

configure = test -f build/$(1)/build.ninja || cmake --preset $(1)
compile = $(call configure,$(1)) && cmake --build --preset $(1) --parallel $(JOBS)

# GCC 12's thread sanitizer stops where the kernel spreads addresses wider than it knows.
fixed_addresses = $(shell setarch -R true 2>/dev/null && echo setarch -R)

.PHONY: help demo build test bench fuzz paper real-flows kafka-check check-dashboards lint format build-cuda test-cuda
.PHONY: install clean packages

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

packages:
	@scripts/install-packages build test

build: packages ## Install what is needed, build Release into build/release
	$(call compile,release)

demo: packages ## Set up, build, then the whole path once: simulate, import, train, generate, evaluate
	$(call configure,release) && cmake --build --preset release --parallel $(JOBS) --target stanflow stanflowd stanflow-worker
	scripts/demo

test: packages ## Set up, build, run every test (the thread sanitizer's first; Release last)
	$(call compile,tsan)
	$(fixed_addresses) ctest --preset tsan --parallel $(JOBS)
	$(call compile,release)
	ctest --preset release --parallel $(JOBS)

bench: packages ## Measure generating and training speed: build/bench/bench.json
	$(call compile,release)
	scripts/bench

FUZZ_SECONDS ?= 600
fuzz: ## Feed the readers of files whatever breaks them: FUZZ_SECONDS=600
	@scripts/install-packages build test fuzz
	$(call configure,fuzz) && cmake --build --preset fuzz --parallel $(JOBS) --target stanflow_reader_fuzzer stanflow_seed_corpus
	scripts/fuzz $(FUZZ_SECONDS)

# Real flows that lie beside the checkout, if there are any.
REAL ?= $(firstword $(wildcard ../shared/data/*.csv.xz))
paper: real-flows packages ## Repeat the STAN paper: REAL=FILE of flows, HOME_NETWORK=CIDR if not 42.219.0.0/16 (UGR'16)
	$(call configure,release) && cmake --build --preset release --parallel $(JOBS) --target stanflow stanflowd stanflow-worker
	scripts/paper "$(REAL)"

real-flows:
	@test -r "$(REAL)" || { echo "make paper: REAL='$(REAL)' is no file that can be read; name one of real flows: make paper REAL=FILE" >&2; exit 2; }

kafka-check: packages ## Prove the Kafka sink against Apache Kafka (fetched into build/), with kills
	@scripts/install-packages kafka-check
	JOBS=$(JOBS) scripts/kafka-check

check-dashboards: packages ## Load a server before a real Prometheus, and ask all that dashboards and alerts ask
	@scripts/install-packages check-dashboards
	$(call configure,release) && cmake --build --preset release --parallel $(JOBS) --target stanflow stanflowd stanflow-worker
	scripts/check-dashboards

lint: ## Check layout, include direction, and the code by clang's analyses
	@scripts/install-packages build test lint
	JOBS=$(JOBS) scripts/lint

format: ## Lay out every C++ file by .clang-format
	@scripts/install-packages lint
	git ls-files '*.cc' '*.h' | xargs clang-format -i

build-cuda: packages ## Build against LibTorch 2.x with CUDA (fetched into build/); needs no GPU
	@scripts/install-packages cuda-wheel test
	scripts/fetch-torch-wheel build/torch-wheel
	$(call compile,cuda)

test-cuda: build-cuda ## The same tests over that build
	ctest --preset cuda

PREFIX ?= /usr/local
install: ## Install programs, configuration, completions and the CMake package (PREFIX=/usr/local)
	cmake --install build/release --prefix $(PREFIX)

clean: ## Remove everything that was built (and the demo's data)
	rm -rf build
