"""What the machine asks of the product, whichever door it goes through."""

import errno
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from cases.configuration.calendar import Calendars
from cases.configuration.case_rules import CountyRules
from cases.configuration.definitions import Definitions
from core.chain import Chain

Values = Mapping[str, Any]
#: Whether each action is open, and the reasons why it is not.
Openings = Mapping[str, tuple[bool, tuple[str, ...]]]


class Killed(BaseException):
    """Stand for a process that ends in the middle of something; nobody handles it."""


@dataclass
class Fuse:
    """Break the writing of a history entry: the `left`-th one from now fails."""

    left: int = 0
    kills: bool = False
    burst: bool = False

    def set(self, left: int, *, kills: bool = False) -> None:
        self.left, self.kills, self.burst = left, kills, False

    def take_out(self) -> bool:
        """Let everything work again; tell whether anything was broken."""
        self.left = 0
        return self.burst

    def pass_one(self) -> None:
        """Let an entry through, or not."""
        self.left -= 1
        if self.left == 0:
            self.burst = True
            raise Killed if self.kills else OSError(errno.EIO, "the disk does not answer")


@dataclass(frozen=True)
class FusedChain(Chain):
    """A chain of which a link may fail to be written."""

    fuse: Fuse = field(default_factory=Fuse)

    def link(self, prev_hash: str, payload: Mapping[str, Any], key_id: str | None = None) -> str:
        """Return the link, unless the fuse burns."""
        self.fuse.pass_one()
        return super().link(prev_hash, payload, key_id)


def fused(rules: CountyRules, fuse: Fuse) -> CountyRules:
    """Return the rules as a process has them that has just started, with a fuse in its chain."""
    chain = FusedChain(rules.services.chain.key_id, rules.services.chain.keys, fuse)
    return rules.with_services(chain=chain, calendars=Calendars(), definitions=Definitions())


@dataclass(frozen=True)
class Answer:
    """What came of something: `ok`, or the code of the refusal with its reasons.

    `new` says that this very call made the case, `again` that the first answer was given a second time.
    """

    code: str
    reasons: tuple[str, ...] = ()
    number: str = ""
    new: bool = False
    again: bool = False
    codes: int = 0


class Driver(Protocol):
    """One door of the product."""

    #: Whether a submission under the same Idempotency-Key is answered again.
    keeps_answers: bool

    def restart(self, rules: CountyRules) -> None:
        """Go on as a new process with these rules."""

    def register(self, who: str, values: Values, now: datetime, key: str | None = None) -> Answer:
        """Hand a complaint in."""

    def act(
        self,
        who: str,
        number: str,
        action: str,
        values: Values,
        now: datetime,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer:
        """Take a step or act."""

    def openings(self, who: str, number: str, now: datetime) -> Openings | None:
        """Return what is open to somebody on a case, or None when it is not theirs to see."""
