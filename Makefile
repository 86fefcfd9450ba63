# `make demo` and `make test` do all set-up. They need make, sh and Python 3.11 or newer.
SHELL := /bin/sh
PYTHON ?=
AUDIO ?= demo/meeting.opus
KEEP ?=
BIN := .venv/bin
RESULTS := .make/results
# A test with a browser, devices or killed processes that fails is run once more, and is named in the summary: a list to mend.
ONCE_MORE := --reruns 1 -rR
# What needs neither sound devices nor the model runs side by side; the rest is of real time, and alone.
SIDE_BY_SIDE := -n logical --maxprocesses 4
.DEFAULT_GOAL := help
.PHONY: help demo test bench setup setup-dev lint js wheel format lock clean fuzz audit container conformance

help: ## Show this help
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /: /'

.make/runtime: requirements/runtime.txt pyproject.toml scripts/setup.sh
	@PYTHON="$(PYTHON)" sh scripts/setup.sh runtime

.make/dev: requirements/dev.txt pyproject.toml scripts/setup.sh
	@PYTHON="$(PYTHON)" sh scripts/setup.sh dev

.make/system: scripts/setup.sh
	@sh scripts/setup.sh system

.make/js: package-lock.json scripts/setup.sh .make/system
	@sh scripts/setup.sh js

bench: .make/dev ## Measure accuracy, latency, stability and cost; the report goes to benchmarks/results
	@$(BIN)/captioner models fetch base
	$(BIN)/python -m benchmarks report $(if $(RECORDINGS),$(RECORDINGS),demo) $(foreach one,$(PEERS_ON),--peers-on $(one))

setup: .make/runtime ## Make the environment that captions need

setup-dev: .make/dev .make/system .make/js ## Make the environment that tests need

demo: .make/runtime ## Caption a recording live: make demo [AUDIO=path] [KEEP=0|1]
	@$(BIN)/captioner models fetch base
	@exec $(BIN)/captioner file "$(AUDIO)" --data .demo --open $(if $(filter 0,$(KEEP)),--no-keep,$(if $(KEEP),--keep))

test: setup-dev lint js wheel ## Run every check and test
	@$(BIN)/captioner models fetch base || echo "The model cannot be fetched: tests that need it are skipped."
	@$(BIN)/captioner models fetch voices || echo "The model of voices cannot be fetched: tests that need it are skipped."
	@rm -f $(RESULTS)/python-*.xml
	@$(BIN)/python -m pytest $(SIDE_BY_SIDE) --dist worksteal -m "not browser and not slow" --junitxml=$(RESULTS)/python-fast.xml \
		&& $(BIN)/python -m pytest $(SIDE_BY_SIDE) --dist loadfile $(ONCE_MORE) -m "browser and not slow" --junitxml=$(RESULTS)/python-browser.xml \
		&& $(BIN)/python -m pytest $(ONCE_MORE) -m slow --junitxml=$(RESULTS)/python-slow.xml; \
		status=$$?; $(BIN)/python -m scripts.conformance $(RESULTS) && exit $$status

conformance: .make/dev ## Publish the conformance report of the last `make test` in docs
	$(BIN)/python -m scripts.conformance $(RESULTS) --publish

lint: .make/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

js: .make/js
	@sh scripts/setup.sh check-js

fuzz: .make/dev ## Ask every address for longer: make fuzz [EXAMPLES=200]
	HTTP_EXAMPLES=$(or $(EXAMPLES),200) $(BIN)/python -m pytest -q tests/server/interface/test_http_fuzz.py

audit: .make/dev ## Ask for known weaknesses of the dependencies (exit code 3: not all checked): make audit [ADVISORIES=folder]
	@$(BIN)/python -m scripts.audit $(if $(ADVISORIES),--advisories "$(ADVISORIES)")

container: .make/dev ## Build the container's image and try it; needs podman or docker: make container [OPTIONS="--engine docker"]
	@$(BIN)/python -m scripts.container $(OPTIONS)

wheel: .make/dev
	@sh scripts/setup.sh wheel

format: .make/dev ## Format the Python code
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

lock: ## Pin the dependencies anew (needs uv)
	uv pip compile pyproject.toml --group dev --extra redis --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" -o requirements/dev.txt
	uv pip compile pyproject.toml --group build --extra redis -c requirements/dev.txt --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" -o requirements/runtime.txt

clean: ## Remove what set-up and tests made
	rm -rf .venv .make .demo node_modules dist build .pytest_cache .mypy_cache .ruff_cache
