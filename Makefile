# AutoPrune: everything from a fresh clone on Debian 12 with Swift 6.3. `make help` lists the targets.

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift
BENCH_ARGUMENTS ?=

# With LIBTORCH=/path the package builds against that libtorch instead of Debian's.
PACKAGES = ca-certificates git g++ pkg-config \
  libgsl-dev libopenblas-dev libsqlite3-dev zlib1g-dev libzstd-dev libpng-dev libturbojpeg0-dev \
  $(if $(LIBTORCH),,libtorch-dev)
# PyTorch exports reference models for the tests and is what the benchmarks compare with.
TEST_PACKAGES = python3 python3-venv python3-torch

BUILD_FLAGS = --explicit-target-dependency-import-check error
RELEASE = .build/release
SOURCES = $(wildcard Sources Tests Training)
GOLDEN = Tests/TorchBackendTests/Golden

ifdef LIBTORCH
export LIBTORCH
endif

.DEFAULT_GOAL := help
.PHONY: help setup venv build demo test bench lint install uninstall clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install the Debian packages that are missing (as root or through sudo)
	@sh scripts/setup.sh $(PACKAGES)

venv: ## Make .venv with what the tests compare with
	@sh scripts/setup.sh $(TEST_PACKAGES)
	@sh scripts/venv.sh .venv Tests/requirements.txt

build: setup ## Build .build/release/autoprune
	@$(SWIFT) build -c release --product autoprune $(BUILD_FLAGS)

demo: build ## Train, prune and certify a digit classifier, and show the result
	@$(RELEASE)/autoprune demo

.build-golden/.made: $(wildcard $(GOLDEN)/*.py) Tests/requirements.txt | venv
	@echo "golden: making the reference models in .build-golden"
	@rm -rf .build-golden
	@mkdir .build-golden
	@.venv/bin/python $(GOLDEN)/make_models.py .build-golden $(wildcard ../shared/data)
	@touch $@

test: setup .build-golden/.made ## Build and run every test
	@$(SWIFT) build --build-tests $(BUILD_FLAGS)
	@$(SWIFT) test --skip-build $(BUILD_FLAGS)

bench: setup venv ## Run the benchmarks; BENCH_ARGUMENTS="--filter training --json" chooses
	@$(SWIFT) build -c release --product autoprune $(BUILD_FLAGS)
	@$(SWIFT) build -c release --product autoprune-bench $(BUILD_FLAGS)
	@$(RELEASE)/autoprune-bench $(BENCH_ARGUMENTS)

lint: ## Check the format of all Swift files
	@$(SWIFT) format lint --strict --parallel -r $(SOURCES)

# Resources are found beside the executable, hence the folder of its own.
install: build ## Install into PREFIX (/usr/local)
	@install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/lib/autoprune"
	@install -m 755 $(RELEASE)/autoprune "$(DESTDIR)$(PREFIX)/lib/autoprune/autoprune"
	@for bundle in $(RELEASE)/*.resources; do \
	  [ ! -d "$$bundle" ] || cp -R "$$bundle" "$(DESTDIR)$(PREFIX)/lib/autoprune/"; done
	@ln -sf ../lib/autoprune/autoprune "$(DESTDIR)$(PREFIX)/bin/autoprune"
	@echo "installed $(DESTDIR)$(PREFIX)/bin/autoprune"

uninstall: ## Remove what install put into PREFIX
	@rm -rf "$(DESTDIR)$(PREFIX)/lib/autoprune" "$(DESTDIR)$(PREFIX)/bin/autoprune"

clean: ## Remove everything built, the virtual environment included
	@rm -rf .build .build-golden .venv
