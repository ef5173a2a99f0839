"""Show ids of rows outside so that they tell neither how many rows there are nor which of them came first.

An id that leaves the process is a permutation of the row's id under a key: an integer like the row's own, the
same whenever it is shown, another one in each table. It protects no row; whoever knows one still needs the
rights (docs/decisions/0056).
"""

import hashlib
from collections.abc import Sequence

#: Ids of rows, and what stands for them, are the whole numbers of 31 bits but for nought.
LARGEST_ID = 2**31 - 1
#: As many as NIST SP 800-38G asks for with FF1, which turns numbers in the same way.
ROUNDS = 10
_LOW_BITS, _LOW, _HIGH = 16, 0xFFFF, 0x7FFF


def row_ids(keys: Sequence[bytes]) -> "RowIds":
    """Return the permutations of an installation with these keys, the newest first.

    They are those of the oldest: what somebody has in hand means the same while a secret is changed.
    """
    return RowIds(keys[-1])


class RowIds:
    """The permutations under one key, a table each."""

    def __init__(self, key: bytes) -> None:
        self._key = hashlib.blake2b(key, digest_size=32, person=b"row ids").digest()
        self._tables: dict[str, list[tuple[bool, hashlib.blake2b]]] = {}

    def external(self, table: str, row_id: int) -> int:
        """Return what stands outside for the id of a row; raise ValueError for what can be no id."""
        return _turned(self._rounds(table), row_id)

    def internal(self, table: str, external: int) -> int:
        """Return the id for which a number stands, whether there is such a row or not.

        Raises ValueError for a number that can stand for none.
        """
        return _turned(self._rounds(table)[::-1], external)

    def _rounds(self, table: str) -> list[tuple[bool, hashlib.blake2b]]:
        """Return for each round which half it changes, and the begun digest of the other."""
        if table not in self._tables:
            key = hashlib.blake2b(table.encode(), key=self._key, digest_size=32).digest()
            self._tables[table] = [
                (bool(place % 2), hashlib.blake2b(bytes([place]), key=key, digest_size=2))
                for place in range(ROUNDS)
            ]
        return self._tables[table]


def _turned(rounds: list[tuple[bool, hashlib.blake2b]], value: int) -> int:
    """Change one half by a digest of the other, round by round; the rounds backwards undo it.

    What would become nought, which is no id, goes through the rounds once more.
    """
    if not 1 <= value <= LARGEST_ID:
        raise ValueError(value)
    high, low = value >> _LOW_BITS, value & _LOW
    while True:
        for changes_high, begun in rounds:
            digest = begun.copy()
            digest.update((low if changes_high else high).to_bytes(2))
            turned = int.from_bytes(digest.digest())
            if changes_high:
                high ^= turned & _HIGH
            else:
                low ^= turned
        if high or low:
            return high << _LOW_BITS | low
