"""An entry as it stands in the database, without the rest of its row."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Stored:
    """What an entry says; of an earlier version unless words stand beside it."""

    action: str
    facts: Any
    personal: Any = field(default_factory=list)
    case_id: int = 1
    seq: int = 1
