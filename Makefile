# Everything a user or a developer runs. `make help` lists it.

PYTHON ?= python3
PHOTOS ?=
DATA ?= ../shared/data
SPLIT ?= val
NETWORK ?= shipped
FACES ?= 150
METHODS ?=
GLASSMASK_RUNS ?= $(HOME)/.cache/glassmask
export GLASSMASK_RUNS

LIGHT := .venv
LAB := .venv-lab
RECIPE := recipes/wear.toml
LICENCE := "CC BY-NC-SA 4.0"
MENDED := recipes/mended.csv
WEAR_DATA := --data $(DATA)/real --data $(DATA)/wild --data $(DATA)/maskedfacenet --data $(DATA)/faces --data $(GLASSMASK_RUNS)/painted
TRAIN := $(LAB)/bin/glassmask train $(RECIPE) $(WEAR_DATA) --data $(GLASSMASK_RUNS)/pairs-train --mend $(MENDED)
OF_WEAR := --data $(DATA) --painted $(GLASSMASK_RUNS) --runs $(GLASSMASK_RUNS)/wear --mend $(MENDED)
PAINT := $(LAB)/bin/glassmask data paint $(DATA)/faces --number 6000 --seed 1
FOLDS := 0 1 2 3 4
CHECK := $(LIGHT)/bin/glassmask check --report check-report
TELL := ; code=$$?; test $$code = 2 || echo "The report: check-report/index.html"; exit $$code

.DEFAULT_GOAL := help
.PHONY: results help check test test-fast test-slow quality lab wear finder landmarks weights benchmark painted pairs pairs-train audit faults seeds seeds-table slices transfer pictures site site-test serve wheel clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(LIGHT)/.done: pyproject.toml
	$(PYTHON) -m venv $(LIGHT)
	$(LIGHT)/bin/python -m pip install --quiet --disable-pip-version-check -e '.'
	@touch $@

$(LAB)/.done: pyproject.toml
	$(PYTHON) -m venv $(LAB)
	$(LAB)/bin/python -m pip install --quiet --disable-pip-version-check -e '.[lab,openvino,test]'
	$(LAB)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
	  'facenet-pytorch==2.6.0' 'grad-cam==1.5.7' 'ttach==0.0.3'
	@touch $@

check: $(LIGHT)/.done ## check the demo photos, or your own: make check PHOTOS="me.jpg holiday/"
ifeq ($(strip $(PHOTOS)),)
	@$(LIGHT)/bin/glassmask demo demo-photos
	@$(CHECK) demo-photos $(TELL)
else
	@$(CHECK) $(PHOTOS) $(TELL)
endif

test: $(LAB)/.done quality ## style, types, the import contract, all tests but the slow ones; the website's where Node is
	@if command -v npm > /dev/null; then $(MAKE) site site-test; \
	  else echo "SKIPPED: the tests of the website need Node.js 20 and Chromium" >&2; fi
	$(LAB)/bin/python -m pytest -m "not slow"

test-fast: $(LAB)/.done ## the tests that need no training, browser or package index: under two minutes
	$(LAB)/bin/python -m pytest -m "not (slow or browser or network or training)"

test-slow: $(LAB)/.done ## the tests that take minutes and rarely break
	$(LAB)/bin/python -m pytest -m slow

quality: $(LAB)/.done ## style, types and the import contract alone
	$(LAB)/bin/ruff check .
	$(LAB)/bin/ruff format --check .
	$(LAB)/bin/mypy
	$(LAB)/bin/lint-imports

lab: $(LAB)/.done ## an environment with everything in it

wear: painted pairs-train ## train the shipped network and its folds (hours; goes on where it stopped)
	$(TRAIN) --out $(GLASSMASK_RUNS)/wear/full
	set -e; for fold in $(FOLDS); do $(TRAIN) --out $(GLASSMASK_RUNS)/wear/fold-$$fold --fold $$fold; done

finder: painted ## train and export the face finder; hours, goes on where it stopped
	$(LAB)/bin/glassmask train recipes/finder.toml --data $(DATA)/real --data $(DATA)/faces \
	  --data $(GLASSMASK_RUNS)/painted --data $(GLASSMASK_RUNS)/painted-maskedfacenet \
	  --mend $(MENDED) --out $(GLASSMASK_RUNS)/finder
	$(LAB)/bin/glassmask export $(GLASSMASK_RUNS)/finder --data $(DATA)/real \
	  --out src/glassmask/weights/finder.onnx --mend $(MENDED) --licence $(LICENCE)

landmarks: finder ## train and export the landmark network, on what the finder proposes
	$(LAB)/bin/glassmask train recipes/landmarks.toml --data $(DATA)/real --data $(DATA)/faces \
	  --data $(GLASSMASK_RUNS)/painted --data $(GLASSMASK_RUNS)/painted-maskedfacenet \
	  --mend $(MENDED) --out $(GLASSMASK_RUNS)/landmarks
	$(LAB)/bin/glassmask export $(GLASSMASK_RUNS)/landmarks --data $(DATA)/real --data $(DATA)/faces \
	  --data $(GLASSMASK_RUNS)/painted --out src/glassmask/weights/landmarks.onnx \
	  --mend $(MENDED) --licence $(LICENCE)

weights: wear landmarks ## write src/glassmask/weights from trained runs
	$(LAB)/bin/glassmask export $(GLASSMASK_RUNS)/wear/full $(WEAR_DATA) \
	  --out src/glassmask/weights/wear.onnx --mend $(MENDED) --licence $(LICENCE)

benchmark: $(LAB)/.done ## measure accuracy, slices, exactness, speed, finding, painter, training
	$(LAB)/bin/python -m benchmarks.accuracy $(OF_WEAR)
	$(MAKE) slices
	$(LAB)/bin/python -m benchmarks.exactness --data $(DATA) --runs $(GLASSMASK_RUNS)/wear
	$(LAB)/bin/python -m benchmarks speed
	$(LAB)/bin/python -m benchmarks.precision --data $(DATA) --mend $(MENDED)
	$(LAB)/bin/python -m benchmarks.faces --data $(DATA) --painted $(GLASSMASK_RUNS) --mend $(MENDED) \
	  $(if $(YUNET),--yunet $(YUNET))
	$(LAB)/bin/python -m benchmarks.painter
	$(LAB)/bin/python -m benchmarks.training
	$(LAB)/bin/python -m benchmarks.seed_split --data $(DATA)
	$(if $(shell command -v npm),$(MAKE) site && $(LAB)/bin/python -m benchmarks.website)

results: $(LAB)/.done ## render the tables of README, MODEL_CARD and docs from results/*.json
	$(LAB)/bin/python -m benchmarks.render

slices: $(LAB)/.done ## where the shipped network is weaker: masks, people, light, blur
	set -e; for split in val test; do $(LAB)/bin/glassmask data paint $(DATA)/faces \
	  --split $$split --number 1500 --seed 31 --out $(GLASSMASK_RUNS)/slices-$$split; done
	$(LAB)/bin/python -m benchmarks.slices $(OF_WEAR)
	$(LAB)/bin/python -m benchmarks.limits --data $(DATA) --painted $(GLASSMASK_RUNS) --mend $(MENDED)

SEEDS := lenet5 alexnet mobilenet-v2-scratch seed-inception-resnet-v1 seed-inception-resnet-v1-mild seed-resnet50-scratch
SEED_DATA := --data $(DATA)/maskedfacenet --data $(DATA)/faces --data $(GLASSMASK_RUNS)/painted-maskedfacenet

seeds: painted ## train the two studies' networks and the literature's baselines: docs/reproduction.md
	set -e; for name in $(SEEDS); do $(LAB)/bin/glassmask train recipes/$$name.toml \
	  $(SEED_DATA) --mend $(MENDED) --out $(GLASSMASK_RUNS)/seeds/$$name; done

seeds-table: $(LAB)/.done ## their accuracy; TEST=--test for the test people too
	$(LAB)/bin/python -m benchmarks.reproduction --data $(DATA) --runs $(GLASSMASK_RUNS)/seeds \
	  --mend $(MENDED) $(TEST)

painted: $(LAB)/.done ## paint masks on the bare faces: two sets, every kind and one blue template
	$(PAINT) --out $(GLASSMASK_RUNS)/painted
	$(PAINT) --out $(GLASSMASK_RUNS)/painted-maskedfacenet --style maskedfacenet

pairs-train: $(LAB)/.done ## paint pairs on faces of train, for evidence supervision
	$(LAB)/bin/glassmask data paint $(DATA)/faces --pairs --split train --number 4000 --seed 11 \
	  --out $(GLASSMASK_RUNS)/pairs-train

pairs: $(LAB)/.done ## paint pairs that differ in known pixels, on faces of val and of test
	set -e; for split in val test; do $(LAB)/bin/glassmask data paint $(DATA)/faces --pairs \
	  --split $$split --number 400 --seed 7 --out $(GLASSMASK_RUNS)/pairs-$$split; done

audit: pairs ## audit explanations: NETWORK=shipped or a run's folder, SPLIT, FACES, METHODS
	$(LAB)/bin/glassmask audit $(NETWORK) --data $(GLASSMASK_RUNS)/pairs-$(SPLIT) \
	  --data $(DATA)/real --data $(DATA)/maskedfacenet --split $(SPLIT) --faces $(FACES) \
	  $(METHODS) --mend $(MENDED) --out $(GLASSMASK_RUNS)/audit/$(notdir $(NETWORK))-$(SPLIT)

faults: $(LAB)/.done ## which faults go with smiles, beards, glasses, …: NETWORK and SPLIT likewise
	$(LAB)/bin/glassmask evaluate $(NETWORK) --data $(DATA)/real --data $(DATA)/faces \
	  --data $(DATA)/maskedfacenet --split $(SPLIT) --mend $(MENDED) --traits recipes/traits.csv \
	  --out $(GLASSMASK_RUNS)/faults/$(notdir $(NETWORK))-$(SPLIT)

transfer: painted ## train on drawn and on real masks, test on both: docs/synthetic-to-real.md
	$(LAB)/bin/python -m benchmarks.transfer --data $(DATA) --painted $(GLASSMASK_RUNS) \
	  --runs $(GLASSMASK_RUNS)/transfer --mend $(MENDED)

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
