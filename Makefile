# make run: the app.   make test: everything that must hold.   make bench: the figures.   make lint: style and types.
PYTHON ?= python3.11
BIN := .venv/bin
PORT ?= 8501

.PHONY: run test bench lint seed gallery

run: .venv/app
	$(BIN)/streamlit run app.py --server.port $(PORT)

test: .venv/dev lint
	$(BIN)/python -m pytest

bench: .venv/dev
	$(BIN)/python -m tests.benchmarks.run

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/oxlint components assets tests/js

# the vectors and the map that are shipped with the sample "everyday"
seed: .venv/dev
	$(BIN)/python -m tests.make_seed

# the pictures of the README; takes Chromium and some minutes
gallery: .venv/dev
	$(BIN)/python -m tests.gallery

.venv/bin/python:
	$$(command -v $(PYTHON) || command -v python3) -m venv .venv

.venv/app: .venv/bin/python requirements.txt constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt -c constraints.txt
	touch $@

.venv/dev: .venv/app tests/requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt -r tests/requirements.txt -c constraints.txt
	touch $@
