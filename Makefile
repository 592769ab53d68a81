# `make` alone lists what there is. Everything happens in .venv; the archive of crawls is in archive-data/.

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
ARGS ?=
PARALLEL := -n auto --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow crawl lint bench pictures clean named

help:  ## this list
	@echo "make TARGET, with a TARGET of:"
	@sed -n 's/^\([a-z-]*\):.*  ## /  \1\t/p' Makefile | expand -t 13

demo: .venv/ready  ## crawl a small sample site on this machine twice and show what came in
	@$(BIN)/python -m demo.run

test: .venv/ready-dev  ## the tests for every change, on all cores; ARGS="-k walk" selects
	@$(BIN)/python -m tests.steps test
	@$(BIN)/python -m pytest --quick $(PARALLEL) $(ARGS)

test-slow: .venv/ready-dev  ## the tests that are too slow for that
	@$(BIN)/python -m tests.steps test-slow
	@$(BIN)/python -m pytest -m slow $(PARALLEL) $(ARGS)

crawl: named .venv/ready  ## crawl a site: make crawl SITE=https://example.com/blog
	@# make itself ends with 0 or 2 and nothing else: the status of the crawl is said in words
	@$(BIN)/scrapy crawl wordpress -a site="$(SITE)" $(ARGS) || { status=$$?; \
		echo "exit status of the crawl: $$status (README says what it means)" >&2; exit $$status; }

named:
	@test -n "$(SITE)" || { echo "Which site? make crawl SITE=https://example.com/blog" >&2; exit 2; }

lint: .venv/ready-dev  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/ready-bench  ## measure; takes some minutes
	@$(BIN)/python -m benchmarks $(ARGS)

pictures:  ## draw the pictures of the docs anew; needs Graphviz
	@python3 docs/pictures/make.py

clean:  ## remove .venv and caches; archives stay
	rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

.venv/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name it with make PYTHON=/path/to/python3" >&2; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than Python 3.11" >&2; exit 2; }
	@$(PYTHON) -m venv .venv || { echo "$(PYTHON) cannot make environments; on Debian: apt-get install python3-venv" >&2; exit 2; }
	@touch $@

# pip runs again only when what it installs from has changed
.venv/ready: .venv/python pyproject.toml constraints.txt
	@echo "Installing into .venv ..."
	@$(INSTALL) -e '.[crawl,web]'
	@touch $@

.venv/ready-dev: .venv/ready
	@echo "Installing what the tests need ..."
	@$(INSTALL) -e '.[dev]'
	@touch $@

.venv/ready-bench: .venv/ready-dev
	@echo "Installing what the benchmarks compare with ..."
	@$(INSTALL) -e '.[bench]'
	@touch $@
