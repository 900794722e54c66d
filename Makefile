# AutoPrune: everything from a fresh clone on Debian 12 with Swift 6.3. `make help` lists the targets.

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift
BENCH_ARGUMENTS ?=

# With LIBTORCH=/path the package builds against that libtorch instead of Debian's.
PACKAGES = ca-certificates git g++ pkg-config \
  libgsl-dev libopenblas-dev libsqlite3-dev zlib1g-dev libzstd-dev libpng-dev libturbojpeg0-dev \
  $(if $(LIBTORCH),,libtorch-dev)
# PyTorch exports reference models for the tests and is what the benchmarks compare with; a browser reads reports.
TEST_PACKAGES = python3 python3-venv python3-torch chromium

BUILD_FLAGS = --explicit-target-dependency-import-check error
RELEASE = .build/release
RESULTS = Sources/AutoPruneBench/results.json
RENDER = --record $(RESULTS) --render README.md --render Sources/AutoPrune/AutoPrune.docc/Results.md
SOURCES = $(wildcard Sources Tests Training)
GOLDEN = Tests/TorchBackendTests/Golden

ifdef LIBTORCH
export LIBTORCH
endif

.DEFAULT_GOAL := help
.PHONY: help setup venv peers build demo test docs consumers notebooks bench readme lint install uninstall clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install the Debian packages that are missing (as root or through sudo)
	@sh scripts/setup.sh $(PACKAGES)

venv: ## Make .venv with what the tests compare with
	@sh scripts/setup.sh $(TEST_PACKAGES)
	@sh scripts/venv.sh .venv Tests/requirements.txt

peers: venv ## Install what the benchmarks compare with into .build-peers
	@test -d .build-peers/torch_pruning || .venv/bin/pip install --quiet --no-deps \
	  --target .build-peers -r Sources/AutoPruneBench/Peers/requirements.txt

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

# The reference models are made beside the build, and the first notebook is executed beside the build of the consumers; the
# others take minutes: `make notebooks`.
test: setup ## Build and run every test
	@$(MAKE) -j2 -Oline --no-print-directory .build-golden/.made build-tests
	@$(SWIFT) test --skip-build $(BUILD_FLAGS)
	@$(MAKE) -j2 -Oline --no-print-directory documentation examples

build-tests:
	@$(SWIFT) build --build-tests $(BUILD_FLAGS)

# The catalogues are converted from the modules of the debug build, which `make test` has made.
.PHONY: build-tests documentation examples
documentation:
	@sh scripts/docs.sh .build/debug .build-docs

docs: setup venv ## Make the documentation in .build-docs; warnings fail
	@$(SWIFT) build $(BUILD_FLAGS)
	@$(MAKE) --no-print-directory documentation

examples: consumers first-notebook

.PHONY: first-notebook
first-notebook:
	@sh scripts/notebooks.sh .build/debug Notebooks .build-notebooks '01-*'

# A package of its own, built apart; without an index and debug information in half the time.
consumers: setup ## Build and run the packages in Tests/Consumers that use the library
	@$(SWIFT) build --package-path Tests/Consumers --scratch-path .build-consumers \
	  --disable-index-store -debug-info-format none
	@for consumer in PruneDigits OwnEngine; do \
	  .build-consumers/debug/$$consumer | tee .build-consumers/output.txt; \
	  grep -q 'kept its budget: true' .build-consumers/output.txt || exit 1; done

notebooks: venv ## Execute all notebooks with the debug build
	@sh scripts/notebooks.sh .build/debug Notebooks .build-notebooks

bench: setup venv peers ## Run the benchmarks, record them, renew the results in README.md and Results.md; BENCH_ARGUMENTS="--filter training --json" chooses
	@$(SWIFT) build -c release --product autoprune $(BUILD_FLAGS)
	@$(SWIFT) build -c release --product autoprune-bench $(BUILD_FLAGS)
	@$(RELEASE)/autoprune-bench --record $(RESULTS) $(BENCH_ARGUMENTS)
	@$(RELEASE)/autoprune-bench $(RENDER)

readme: setup ## Make the results in README.md and Results.md anew from the last measurements
	@$(SWIFT) build --product autoprune-bench $(BUILD_FLAGS)
	@.build/debug/autoprune-bench $(RENDER)

lint: ## Check the format of all Swift files
	@$(SWIFT) format lint --strict --parallel -r $(SOURCES)

install: build ## Install program, presets, completions and manual page into PREFIX (/usr/local)
	@sh scripts/install.sh $(RELEASE) "$(DESTDIR)$(PREFIX)"

uninstall: ## Remove what install put into PREFIX
	@sh scripts/install.sh --remove "$(DESTDIR)$(PREFIX)"

clean: ## Remove everything built, the virtual environment included
	@rm -rf .build .build-golden .build-consumers .build-docs .build-notebooks .venv
