# Everything one does with this repository. 'make help' lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO ?= .demo
PORT ?= 8080
READY := $(VENV)/.ready
SERVERS := tests/servers/node_modules/.ready

.DEFAULT_GOAL := help
.PHONY: help install demo test servers check fix docs bench lock clean

help: ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

install: $(READY) ## make .venv with everything in it, the dashboard built

$(READY): requirements.txt pyproject.toml hatch_build.py sdk/python/pyproject.toml $(shell find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Apportion needs Python 3.11 or newer; say PYTHON=python3.12 make …"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . -e sdk/python
	@touch $(READY)

demo: $(READY) ## the demo company in the dashboard at http://127.0.0.1:8080
	$(BIN)/apportion demo --workspace $(DEMO) --port $(PORT)

check: $(READY) ## format, lint, types, layers: seconds
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

servers: $(SERVERS) ## the servers that tests speak to, from npm

$(SERVERS): tests/servers/package-lock.json | $(READY)
	$(BIN)/python tests/servers/install.py
	@touch $(SERVERS)

test: check $(SERVERS) ## everything that must hold
	$(BIN)/pytest -n 2 --dist loadgroup -m "not browser"
	$(BIN)/pytest -m browser

fix: $(READY) ## put format and what can be mended in order
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY) ## measure; ratios in one run
	$(BIN)/python -m benchmarks

docs: $(READY) ## write the generated parts of the reference
	$(BIN)/python docs/generate.py

lock: $(READY) ## resolve requirements.txt anew
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header --extra aws --extra azure --extra gcp --extra sql --group dev -c constraints.txt pyproject.toml -o requirements.txt

clean: ## remove what was made here
	rm -rf $(VENV) $(DEMO) build dist web/node_modules tests/servers/node_modules src/apportion/api/static
