"""The small township in which every step and act happens, told so that one person may see almost none of it.

Every matter names a coordinator of the township, but for a few that were related to one of the others or
merged with it. What the coordinator is then shown must be these few alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from accounts.access.actor import SYSTEM
from accounts.registers import users
from accounts.sign_in import tokens
from cases.lifecycle.action_values import ComplainantEntry
from tests.builders import FOUNDED, PASSWORD
from tests.rules.surface_stories import NONE
from tests.rules.surface_township import SurfaceTownship, build_township

READER, READER_NAME = "bieren", "另一位联络员"
SECRET_WORDS, SECRET_NAME, SECRET_PHONE = "他们把救济粮扣下了", "向秀英", "14000009999"
SEEN_WORDS, SEEN_NAME = "路灯不亮", "覃大山"
#: Why somebody put a matter that is seen together with one that is not: it tells of the latter.
SECRET_REASON = "和扣粮的那件是一回事"
#: Two matters that are seen and become one, which is found to be about the coordinator after all.
LATER = ("went up", "took it in")
MARKS = (SECRET_WORDS, SECRET_NAME, SECRET_PHONE, SECRET_REASON)


@dataclass
class HiddenTownship(SurfaceTownship):
    """The township while it is told; `seen` are the stories of which the coordinator may know."""

    seen: set[str] = field(default_factory=set)

    def register(self, name: str, day: int, people: Sequence[ComplainantEntry], **given: Any) -> None:
        """Register a matter that names the coordinator, with words and a name that nobody else has said."""
        if name not in self.seen:
            given |= {
                "named_users": (READER, *given.get("named_users", ())),
                "own_words": f"{SECRET_WORDS}。（{name}）",
            }
            people = [ComplainantEntry(name=SECRET_NAME, phone=SECRET_PHONE)]
        super().register(name, day, people, **given)

    def found(self) -> None:
        """Enter the coordinator, who belongs to a unit that owns matters."""
        given: dict[str, Any] = {
            "actor": SYSTEM,
            "chain": self.services.rules.services.chain,
            "now": FOUNDED,
        }
        with self.services.db.transaction() as session:
            users.add_user(
                session,
                username=READER,
                name=READER_NAME,
                unit="township-MA",
                roles=["coordinator"],
                password=PASSWORD,
                own_password=True,
                **given,
            )

    def tell_more(self) -> None:
        """Let matters that are seen meet others that are not, in every way and from both sides."""
        self.seen = {"related to", "related from", "merged into", "merged and out", *LATER}
        people = [ComplainantEntry(name=SEEN_NAME)]
        for name in sorted(self.seen):
            self.register(name, 3, people, own_words=f"{SEEN_WORDS}。（{name}）")
            self.act(name, [(3, "zuzhang", "assign", NONE)])
        for name in ("other side", "took two in"):
            self.register(name, 3, people)
            self.act(name, [(3, "zuzhang", "assign", NONE)])
        why = {"reason": SECRET_REASON}
        self.act("related to", [(4, "zuzhang", "relate", why)], "other side")
        self.act("other side", [(4, "zuzhang", "relate", why)], "related from")
        self.act("merged into", [(4, "xiangzhen", "merge", why)], "took two in")
        self.act("merged and out", [(4, "xiangzhen", "merge", why)], "took two in")
        self.act("merged and out", [(5, "lingdao", "unmerge", why)])
        went_up, took_it_in = LATER
        self.act(went_up, [(4, "xiangzhen", "merge", {"reason": "同一件"})], took_it_in)
        self.act(took_it_in, [(5, "zuzhang", "amend", {"field": "named_users", "value": READER})])
        self.seen -= {*LATER}


@dataclass(frozen=True)
class Hidden:
    """The township when it is told: the joined program, a token of the coordinator, numbers by kind."""

    services: Any
    token: str
    seen: frozenset[str]
    hidden: frozenset[str]


def build_hidden_township(folder: Path) -> Hidden:
    """Tell the township in a new database in a folder."""
    told: list[HiddenTownship] = []

    def begin(services: Any) -> HiddenTownship:
        told.append(HiddenTownship(services))
        return told[0]

    services = build_township(folder, begin)
    (township,) = told
    with services.db.transaction() as session:
        reader = users.by_username(session, READER)
        assert reader is not None
        token = tokens.issue(
            session,
            actor=SYSTEM,
            user=reader,
            label="walk",
            now=services.clock.now(),
            chain=services.rules.services.chain,
        )
    services.db.dispose()
    seen = frozenset(township.numbers[name] for name in township.seen)
    return Hidden(services, token, seen, frozenset(township.numbers.values()) - seen)
