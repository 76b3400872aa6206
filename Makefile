# Everything a user or a developer runs. `make help` lists it. How the shipped weights are made is
# in recipes/Makefile.

PYTHON ?= python3
PHOTOS ?=
DATA ?= ../shared/data
GLASSMASK_RUNS ?= $(HOME)/.cache/glassmask
export GLASSMASK_RUNS

LIGHT := .venv
LAB := .venv-lab
BENCHMARK := $(LAB)/bin/python -m benchmarks
CHECKED := $(or $(strip $(PHOTOS)),demo-photos)

.DEFAULT_GOAL := help
.PHONY: help check test test-fast test-slow quality lab benchmark results pictures site site-test serve wheel clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/:.*## /\t/' | expand -t 16
	@echo; echo "The weights and what is known of them (recipes/Makefile):"; echo
	@grep -hE '^[a-z-]+:.*## ' recipes/Makefile | sed -E 's/:.*## /\t/' | expand -t 16

$(LIGHT)/.done: pyproject.toml
	$(PYTHON) -m venv $(LIGHT)
	$(LIGHT)/bin/python -m pip install --quiet --disable-pip-version-check -e '.'
	@touch $@

$(LAB)/.done: pyproject.toml
	$(PYTHON) -m venv $(LAB)
	$(LAB)/bin/python -m pip install --quiet --disable-pip-version-check -e '.[lab,openvino,video,test]'
	$(LAB)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
	  'facenet-pytorch==2.6.0' 'grad-cam==1.5.7' 'ttach==0.0.3'
	@touch $@

check: $(LIGHT)/.done ## check the demo photos, or your own: make check PHOTOS="me.jpg holiday/"
	@$(if $(filter demo-photos,$(CHECKED)),$(LIGHT)/bin/glassmask demo demo-photos)
	@$(LIGHT)/bin/glassmask check --report check-report $(CHECKED); code=$$?; \
	  test $$code = 2 || echo "The report: check-report/index.html"; exit $$code

test: $(LAB)/.done quality ## style, types, the import contract, all tests but the slow ones; the website's where Node is
	@if command -v npm > /dev/null; then $(MAKE) site site-test; \
	  else echo "SKIPPED: the tests of the website need Node.js 20 and Chromium" >&2; fi
	$(LAB)/bin/python -m pytest -m "not slow"

test-fast: $(LAB)/.done ## the tests that take no second: no training, processes, browser or package index
	$(LAB)/bin/python -m pytest -m "not (slow or browser or network or training or heavy)"

test-slow: $(LAB)/.done ## the tests that take minutes and rarely break
	$(LAB)/bin/python -m pytest -m slow

quality: $(LAB)/.done ## style, types and the import contract alone
	$(LAB)/bin/ruff check .
	$(LAB)/bin/ruff format --check .
	$(LAB)/bin/mypy
	$(LAB)/bin/lint-imports

lab: $(LAB)/.done ## an environment with everything in it

benchmark: slices-painted ## measure all of the shipped networks into results/*.json (hours); TEST=--test: on test too
	$(BENCHMARK) baseline --data $(DATA) $(TEST)
	$(BENCHMARK) accuracy --data $(DATA) $(TEST)
	$(BENCHMARK) limits --data $(DATA)
	$(BENCHMARK) things --data $(DATA)
	$(BENCHMARK) exactness --data $(DATA)
	$(BENCHMARK) finding --data $(DATA) $(if $(YUNET),--yunet $(YUNET)) $(TEST)
	$(BENCHMARK) placing --data $(DATA) $(TEST)
	$(BENCHMARK) finding_speed --data $(DATA) $(if $(YUNET),--yunet $(YUNET))
	$(BENCHMARK) leaks --data $(DATA)
	set -e; for name in speed painting training; do $(BENCHMARK) $$name; done
	$(if $(shell command -v npm),$(MAKE) site)
	$(if $(shell command -v npm),$(BENCHMARK) website)

results: $(LAB)/.done ## render the tables of README, MODEL_CARD and docs from results/*.json
	$(LAB)/bin/python -m benchmarks.render

pictures: $(LAB)/.done ## the pictures of the README, from the demo portrait
	$(LAB)/bin/python docs/pictures.py

NPM := npm --prefix site
site/node_modules/.done: site/package.json site/package-lock.json
	@command -v npm > /dev/null || { echo "the website is built with Node.js 20 or newer: install it (npm is missing)" >&2; exit 2; }
	$(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

site/generated/.done: $(LAB)/.done $(wildcard src/glassmask/*.py src/glassmask/faces/*.py benchmarks/tables/*.py results/*.json src/glassmask/weights/*.json) $(addprefix site/build/,constants.py pictures.py results.py)
	$(LAB)/bin/python site/build/constants.py
	$(LAB)/bin/python site/build/pictures.py
	@touch $@

site: site/node_modules/.done site/generated/.done ## build the website into site/dist, and into the package
	$(NPM) run --silent build -- --logLevel warn
	rm -rf src/glassmask/site
	cp -r site/dist src/glassmask/site
	rm -r src/glassmask/site/networks # the package has them already

serve: $(if $(wildcard src/glassmask/site/index.html),,site) $(LIGHT)/.done ## serve the website on this machine
	$(LIGHT)/bin/glassmask site --serve

site-test: site/node_modules/.done site/generated/.done ## style and tests of the website's own code
	$(LAB)/bin/python site/build/golden.py
	$(NPM) run --silent style
	$(NPM) run --silent types
	$(NPM) test --silent

wheel: $(LAB)/.done site ## build the wheel into dist/, the website in it
	$(LAB)/bin/python -m build --wheel

clean: ## remove what the targets made here
	rm -rf $(LIGHT) $(LAB) dist site/dist site/generated site/node_modules src/glassmask/site check-report demo-photos .mypy_cache .ruff_cache .pytest_cache

include recipes/Makefile
