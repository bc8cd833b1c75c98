# What a person has to know. Each target installs what it needs, says what it does, and fails with a sentence that helps.
.DEFAULT_GOAL := help
.PHONY: help run build test test-unit test-end-to-end test-full bench soak counts fuzz format lint clean

help: ## Show the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

run: ## Build and start the platform with a sample API, and say where to go
	@scripts/run

build: ## Build the release programs
	@scripts/build release

test: ## Everything that CI checks: style, unit, contract and end-to-end tests
	@scripts/test

test-unit: ## Only the Swift tests
	@scripts/test unit

test-end-to-end: ## Only the tests that drive the built programs from outside
	@scripts/test end-to-end

test-full: ## All of `make test` and what is too slow for it
	@scripts/test full

bench: ## Measure the gateway against nginx, HAProxy and Envoy (ROUNDS=2 for a quick look); the report goes to docs/performance.md
	@Benchmarks/bench --rounds $(or $(ROUNDS),9) $(if $(ROUNDS),,--report docs/performance.md)

soak: ## Keep the platform at half its load for an hour, and look for growth
	@Benchmarks/soak

counts: ## Count instructions, allocations and system calls a request, and compare them with the recorded figures
	@Benchmarks/counts

fuzz: ## Look for crashes with made-up bytes, ten minutes for each target (SECONDS=60 for a quick look); finds go into the corpus
	@scripts/fuzz $(or $(SECONDS),600)

format: ## Format the Swift sources
	@scripts/format

lint: ## Check the format and the rules of the Swift sources
	@scripts/format --check

clean: ## Remove what was built here; data/ stays
	@rm -rf .build .build-benchmarks .build-fuzz .venv
