"""Hold the licences of all parts against what we may pass on, and list them in docs/licences.md.

The list is made by `python -m tests.supply.licences`.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

from boolean import Expression
from license_expression import ExpressionError, LicenseSymbol, get_spdx_licensing

from tests.rules.sources import ROOT
from tests.supply.parts import SuppliedPart, all_parts

HERE = Path(__file__).parent
PAGE = ROOT / "docs" / "licences.md"
#: They ask for no more than that their words stay with the part.
PERMISSIVE = frozenset(
    (
        *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "HPND", "ISC", "MIT", "MIT-0", "MIT-CMU"),
        *("PSF-2.0", "Unlicense", "ZPL-2.1", "Zlib"),
    )
)
#: Parts whose licence asks for more, which we do.
ACCEPTED = {
    "orjson": "unchanged, in files of its own; whoever changes it passes its source on",
    "psycopg": "unchanged, as a library that anybody may replace by another version",
    "psycopg-binary": "the same, compiled",
    "tqdm": "unchanged, in files of its own; whoever changes it passes its source on",
}
#: Parts that are copied into files of ours, so that their words, kept beside this file, have to be there too.
BUNDLED = ("idb",)
LICENSING = get_spdx_licensing()
HEAD = """\
# Licences

Huiyin stands under the Apache License 2.0 ([LICENSE](../LICENSE)). This is what it runs with; packages bring
the words of their licences along. What only builds or tests the program is not passed on and not listed. The
list is made by `python -m tests.supply.licences`; the same with versions, hashes and what needs what, as
CycloneDX 1.6, is printed by `python -m tests.supply.sbom` (`make sbom`).

| part | licence | how it is used, where the licence asks for more than its words |
|---|---|---|
"""
NOTICES = "\n## Words that have to stand beside what is copied\n"


def refused(parts: Iterable[SuppliedPart], accepted: Iterable[str] = ACCEPTED) -> list[str]:
    """Return the parts that nobody knows the licence of, or whose licence asks for more than was accepted."""
    known = set(accepted)
    return [
        one.name for one in parts if not (one.licence and (is_permissive(one.licence) or one.name in known))
    ]


def is_permissive(licence: str) -> bool:
    """Return whether an expression of SPDX leaves us permissive licences to choose; unknown ones are none."""
    try:
        parsed = LICENSING.parse(licence, validate=True)
    except ExpressionError:
        return False
    return parsed is not None and _is_permissive(parsed)


def _is_permissive(parsed: Expression) -> bool:
    if isinstance(parsed, LicenseSymbol):
        return parsed.key in PERMISSIVE
    given = [_is_permissive(one) for one in parsed.args]
    return any(given) if isinstance(parsed, LICENSING.OR) else all(given)


def page(parts: Iterable[SuppliedPart]) -> str:
    """Return the document that lists every part with its licence."""
    rows = [f"| {one.name} | {one.licence} | {ACCEPTED.get(one.name, '')} |\n" for one in parts]
    words = []
    for name in BUNDLED:
        text = (HERE / f"{name}.txt").read_text(encoding="utf-8")
        quoted = [f"> {line}".rstrip() + "\n" for line in text.strip().splitlines()]
        words.append(f"\n{name}:\n\n" + "".join(quoted))
    return HEAD + "".join(rows) + NOTICES + "".join(words)


def main() -> int:
    """Write the document; 1 when a part may not be passed on."""
    parts = all_parts()
    PAGE.write_text(page(parts), encoding="utf-8", newline="\n")
    for name in refused(parts):
        print(f"{name}: not a licence that we may pass on", file=sys.stderr)
    return 1 if refused(parts) else 0


if __name__ == "__main__":
    sys.exit(main())
