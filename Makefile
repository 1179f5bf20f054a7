# A newcomer's two commands are `make site` and `make test`; `make help` lists all.

VENV ?= .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	if command -v $$name >/dev/null 2>&1 \
	&& $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	then echo $$name; break; fi; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq

# Stamps: what is installed is installed again only when the lock files or pyproject.toml change.
MADE := $(VENV)/.made
SITE := $(VENV)/.installed-site
TEST := $(VENV)/.installed-test
AXE := tests/browser/node_modules/axe-core/axe.min.js
PELICAN := build/pelican/.installed

.DEFAULT_GOAL := help

.PHONY: help site serve test lint types pytest format browser score quality lean \
	bench bench-build bench-extraction bench-graph bench-search bench-serve bench-match soak test-whoosh3 \
	hostile fuzz audit pelican wheel lock screenshot hooks clean \
	docs reference

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(MADE):
	@if [ -z "$(PYTHON)" ]; then \
	echo "kb needs Python 3.11 or newer, and none was found; try make PYTHON=/path/to/python3" >&2; \
	exit 2; fi
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(SITE): $(MADE) requirements/site.txt pyproject.toml
	$(PIP) install --require-hashes -r requirements/site.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q kb  # where Python is told not to, it compiles at every start
	@touch $@

$(TEST): $(SITE) requirements/test.txt
	$(PIP) install --require-hashes -r requirements/test.txt
	@touch $@

site: $(SITE) ## build the sample notes (content/) to public/
	$(BIN)/kb build
	@echo
	@echo "The site is in public/. To look at it: make serve, and open the address that it prints."
	@echo "For notes of your own: $(BIN)/kb init ../my-notes"

serve: $(SITE) ## preview the sample notes, rebuilt as they change
	$(BIN)/kb serve

docs: $(SITE) ## build the documents as a site, by kb itself, to build/docs/
	$(BIN)/kb build -s docs -o build/docs --strict

reference: $(TEST) ## write what documents have from the program: commands, man page, settings
	$(BIN)/python -m tests.docs.reference

$(AXE): $(TEST) tests/browser/package-lock.json
	@$(BIN)/python -m tests.browser.download axe-core && touch $@ \
	|| echo "axe-core could not be had: its tests will be reported as not run" >&2

# Pelican and Material for MkDocs want different versions of Pygments.
$(PELICAN): $(TEST) requirements/pelican.txt
	@$(BIN)/python -m venv --clear build/pelican \
	&& build/pelican/bin/python -m pip --disable-pip-version-check -qq install --require-hashes \
	-r requirements/pelican.txt && touch $@ \
	|| echo "Pelican could not be had: its tests will be reported as not run" >&2

pelican: $(PELICAN) ## install Pelican for the tests, in an environment of its own

test: $(TEST) browser $(AXE) $(PELICAN) lint types pytest ## all checks: lint, types, tests (in a real browser, too)

lint: $(TEST) ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(TEST) ## mypy, strict
	$(BIN)/mypy

pytest: $(TEST) ## only the tests (ARGS="-k name" chooses)
	$(BIN)/python -m pytest -n auto $(ARGS)

format: $(TEST) ## put the code in the form that lint asks for
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# What is installed wins; Debian's package needs root; Playwright's own download needs neither.
browser: $(TEST) ## find a Chromium for the tests, or install one
	@$(BIN)/python -m tests.chromium || { \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; fi; \
	$(BIN)/python -m tests.chromium || $(BIN)/python -m playwright install chromium; \
	$(BIN)/python -m tests.chromium; \
	} || echo "no browser could be had: its tests will be reported as not run" >&2

CHECKERS := tests/browser/node_modules
HTML := $(CHECKERS)/.bin/html-validate

$(HTML): tests/browser/package-lock.json
	@command -v npm >/dev/null 2>&1 || { echo "make quality needs npm, and none was found" >&2; exit 2; }
	npm ci --prefix tests/browser --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

quality: site $(TEST) $(HTML) ## hold the sample site to the rules of HTML and to Lighthouse (npm, and Java if there)
	$(HTML) --config tests/browser/.htmlvalidate.json 'public/**/*.html'
	@if command -v java >/dev/null 2>&1; then \
	java -jar $(CHECKERS)/vnu-jar/build/dist/vnu.jar --errors-only --skip-non-html public \
	&& echo "the W3C's checker found no error"; \
	else echo "not run: the W3C's checker of HTML needs Java" >&2; fi
	$(BIN)/python -m tests.browser.lighthouse public

lean: $(TEST) tests/browser/package-lock.json ## make the scripts of search anew as they are published (npm)
	npm ci --prefix tests/browser --ignore-scripts --no-audit --no-fund --loglevel=error
	$(BIN)/python -m tests.browser.lean

NOTES ?= tests/extraction/samples

score: $(SITE) ## how well annotated notes are read (NOTES=folder for others than the samples)
	$(BIN)/python bench/score.py $(NOTES) $(ARGS)

bench: bench-build bench-extraction bench-graph bench-search bench-serve ## all measurements (many minutes)

bench-build: $(TEST) ## measure builds, Hugo and Pelican beside kb where found (ARGS="--talks 1000")
	$(BIN)/python bench/build.py --talks 1000 10000 $(ARGS)

bench-extraction: $(SITE) ## measure extraction: notes a second (NOTES=files or folders)
	$(BIN)/python bench/extraction.py $(or $(NOTES),tests/extraction/samples)

bench-graph: $(TEST) ## measure the graph alone, at two sizes (ARGS="--talks 1000 10000")
	$(BIN)/python bench/graph.py $(ARGS)

bench-serve: $(TEST) ## measure the preview: saves, start, memory, storms (many minutes; ARGS="--talks 1000")
	$(BIN)/python bench/serve.py $(ARGS)

bench-match: $(SITE) ## measure how well programmes are matched (MATERIAL=talks, one JSON object a line)
	$(BIN)/python bench/match.py $(MATERIAL) $(ARGS)

bench-search: $(TEST) ## measure search: hits, agreement, bytes, time (MATERIAL=folder, ARGS=--built)
	$(BIN)/python bench/search.py $(if $(MATERIAL),--material $(MATERIAL)) \
	--talks $(or $(TALKS),1000) $(ARGS)

test-whoosh3: $(TEST) ## the tests of the index against the other living distribution of Whoosh
	$(PIP) install --quiet --no-deps --upgrade --target build/whoosh3 whoosh3==3.54.0
	rm -rf build/whoosh3/*.dist-info
	PYTHONPATH=build/whoosh3 $(BIN)/python -m pytest tests/search/test_whoosh_index.py

soak: $(TEST) ## thousands of random edits: an incremental build equals a clean one (many minutes)
	KB_EDITS=$(or $(EDITS),20000) $(BIN)/python -m pytest tests/building/test_incremental.py \
	--timeout 7200

hostile: $(TEST) browser ## all hostile input there is, not a sample (minutes; NAME=part of it)
	KB_HOSTILE=whole $(BIN)/python -m pytest tests/hostile tests/fuzz tests/reading/test_hostile.py \
	tests/graph/test_hostile.py tests/rendering/test_hostile.py tests/serving/test_paths.py \
	tests/serving/test_sockets.py --timeout 20000 $(if $(NAME),-k "$(NAME)") $(ARGS)

FUZZERS := note query request import schedule

fuzz: $(TEST) ## let atheris look for input that breaks a promise (SECONDS=60 for each target)
	$(PIP) install --require-hashes -r requirements/fuzz.txt
	set -e; for name in $(FUZZERS); do \
	$(BIN)/python -m tests.fuzz $$name $(or $(SECONDS),60) build/fuzz; done

audit: $(SITE) ## ask the advisory databases about the locked libraries (needs the network)
	$(PIP) install pip-audit
	$(BIN)/pip-audit --require-hashes --disable-pip -r requirements/site.txt

wheel: $(SITE) ## build the wheel and the source archive to dist/, the same bytes each time
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct 2>/dev/null || echo 1577836800) \
	$(BIN)/python -m hatchling build --target wheel --target sdist --directory dist

LOCK = $(BIN)/python -m piptools compile --quiet --generate-hashes --strip-extras --allow-unsafe \
	--no-header --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options

lock: $(TEST) ## write requirements/*.txt anew from pyproject.toml
	$(PIP) install pip-tools
	$(LOCK) --upgrade --output-file requirements/site.txt pyproject.toml requirements/build.in
	$(LOCK) --upgrade --extra test --constraint requirements/site.txt \
	--output-file requirements/test.txt pyproject.toml requirements/build.in
	$(LOCK) --upgrade --output-file requirements/fuzz.txt requirements/fuzz.in
	$(LOCK) --upgrade --extra pelican --output-file requirements/pelican.txt pyproject.toml \
	requirements/build.in requirements/pelican.in

screenshot: $(TEST) site ## draw the README's picture of the sample site anew
	$(BIN)/python -m tests.e2e.screenshot public docs/home.webp

hooks: $(TEST) ## check every commit by itself, before it is made
	$(PIP) install pre-commit
	$(BIN)/pre-commit install

clean: ## delete what the other targets made (not your notes)
	rm -rf $(VENV) public search_index .kb dist .mypy_cache .ruff_cache .pytest_cache .hypothesis build \
	tests/browser/node_modules
