# Two commands do everything on a bare machine: `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint scale lock clean

demo: .venv/ready
	$(BIN)/regwatch demo

test: .venv/ready lint
	$(BIN)/python -m pytest

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/mypy

# The stamp is written last, so an interrupted install is done again.
.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# The extra for very large catalogs (DuckDB through Ibis). Its tests skip where it is not installed.
scale: .venv/scale

.venv/scale: .venv/ready requirements-scale.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-scale.lock
	touch $@

# After a change of the ranges in pyproject.toml (needs uv on the path).
lock:
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --extra dev -o requirements.lock pyproject.toml
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --extra scale -c requirements.lock -o requirements-scale.lock pyproject.toml

clean:
	rm -rf .venv workspace demo-workspace
