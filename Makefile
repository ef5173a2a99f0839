# A thin cover for developers; the commands themselves work on every system without make.

.PHONY: run test lint requirements sbom

run:
	python3 app.py run --demo

test:
	python3 app.py test

lint:
	python3 app.py test --only lint

COMPILE = .venv/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--no-annotate --no-emit-index-url --custom-compile-command "make requirements"

requirements:
	$(COMPILE) --output-file requirements.txt requirements.in
	$(COMPILE) --constraints requirements.txt --output-file requirements-dev.txt requirements-dev.in
	$(COMPILE) --output-file requirements-node.txt requirements-node.in

# What the program runs with, as CycloneDX; docs/licences.md lists the licences.
sbom:
	.venv/bin/python -m tests.supply.sbom
