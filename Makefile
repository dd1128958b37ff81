# Two commands do everything on a bare machine: `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin

INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
COMPILE := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header

.PHONY: demo install test lint scale lock clean

demo: install
	$(BIN)/regwatch demo

install: .venv/ready

test: .venv/tools $(if $(wildcard /usr/bin/chromium),.venv/browser) lint
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

lint: .venv/tools
	$(BIN)/ruff check .
	$(BIN)/mypy

# A stamp is written last, so an interrupted install is done again. What the tests need comes with the tests.
.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(INSTALL) --require-hashes -r requirements.lock
	$(INSTALL) --no-deps --no-build-isolation --editable .
	touch $@

.venv/tools: .venv/ready requirements-dev.lock
	$(INSTALL) --require-hashes -r requirements-dev.lock
	touch $@

.venv/browser: .venv/ready requirements-browser.lock
	$(INSTALL) --require-hashes -r requirements-browser.lock
	touch $@

# The extra for very large catalogs (DuckDB through Ibis). Its tests skip where it is not installed.
scale: .venv/scale

.venv/scale: .venv/ready requirements-scale.lock
	$(INSTALL) --require-hashes -r requirements-scale.lock
	touch $@

# After a change of the ranges in pyproject.toml (needs uv on the path). A package has one version in all locks.
lock:
	$(COMPILE) -o requirements.lock pyproject.toml
	$(COMPILE) -c requirements.lock --group dev -o requirements-dev.lock
	$(COMPILE) -c requirements.lock -c requirements-dev.lock --group browser -o requirements-browser.lock
	$(COMPILE) -c requirements.lock -c requirements-dev.lock --extra scale -o requirements-scale.lock pyproject.toml

clean:
	rm -rf .venv workspace demo-workspace
