"""Write the facts of each action as the database keeps them, and read them back.

Personal words stand beside an entry, in `Entry.personal`, each with a salt; the facts, which the chain
covers, hold a digest of salt and words in their place. So words and salt can go, and the chain still
verifies (domain.md section 5; docs/decisions/0042).
"""

import hashlib
import re
import secrets
from collections.abc import Iterator, Mapping
from typing import Any, Protocol, cast

import msgspec
import orjson

from cases.history import facts as of
from cases.history.amendment_facts import (
    AmendFacts,
    AmendHouseholdFacts,
    AmendIdentityFacts,
    AmendNamedFacts,
    AmendWordsFacts,
    ForgetFacts,
)
from cases.history.contact_facts import AttemptFacts, UnreachableFacts
from cases.history.fact_kinds import FactKind, Path, holds_personal, kinds_of, personal_paths
from cases.history.facts import Facts
from cases.history.own_facts import OwnFacts
from cases.vocabulary import FORGOTTEN
from config.marked_text import MarkedText
from config.marked_text import mark as _
from core.chain import row_digest

#: Fields, types and places, as msgspec names them in its English sentences.
_QUOTED = re.compile(r"`([^`]+)`")
#: How a digest of personal words begins where the words stood.
SALTED = "salted:"
#: Random bytes that keep a digest of a short word from being guessed.
SALT_BYTES = 16


class BadFacts(ValueError):
    """Say that what stands in the database is not what an action of this name records, and why."""

    def __init__(self, reason: MarkedText) -> None:
        super().__init__(str(reason))
        self.reason = reason


#: What is wrong with words that no digest in the facts is of.
NO_PLACE = MarkedText(_("旁边的话没有对应的位置"))

#: The value of each action; `amend` has one for what it corrects (`AMENDED`), else the one here.
FACTS: Mapping[str, type[Facts]] = {
    "register": of.RegisterFacts,
    "answer": of.OutcomeFacts,
    "assign": of.AssignFacts,
    "return": of.ReturnFacts,
    "escalate": of.EscalateFacts,
    "raise": of.RungFacts,
    "send_down": of.MovedReasonFacts,
    "resolve": of.OutcomeFacts,
    "confirm": of.ConfirmFacts,
    "reopen": of.ReopenFacts,
    "close_reviewed": of.ReasonFacts,
    "reject": of.RejectFacts,
    "withdraw": of.WithdrawFacts,
    "merge": of.MergeFacts,
    "unmerge": of.UnmergeFacts,
    "void": of.ReasonFacts,
    "accept": of.NoFacts,
    "reassign": of.ReassignFacts,
    "request_extension": of.ExtensionRequestFacts,
    "extend": of.MovedReasonFacts,
    "refuse_extension": of.ReasonFacts,
    "request_reject": of.ReasonFacts,
    "refuse_reject": of.ReasonFacts,
    "request_suspend": of.SuspensionRequestFacts,
    "refuse_suspend": of.ReasonFacts,
    "suspend": of.SuspendFacts,
    "resume": of.MovedReasonFacts,
    "reply": of.ReplyFacts,
    "join": of.JoinFacts,
    "amend": AmendFacts,
    "reissue_receipt": of.ComplainantReasonFacts,
    "attempt": AttemptFacts,
    "unreachable": UnreachableFacts,
    "relate": of.RelateFacts,
    "note": of.NoFacts,
    "add_words": of.AddedWordsFacts,
    "attach": of.AttachFacts,
    "reveal": of.ComplainantReasonFacts,
    "absorb": of.AbsorbFacts,
    "release": of.ReleaseFacts,
    "take_names": of.TakeNamesFacts,
    "recalculated": of.RecalculatedFacts,
    "forget": ForgetFacts,
    "remind": of.RungFacts,
    "urge": of.RungFacts,
    "supervise": of.RungFacts,
    "publish": of.RungFacts,
}
AMENDED: Mapping[str, type[Facts]] = {
    "own_words": AmendWordsFacts,
    "household": AmendHouseholdFacts,
    "name": AmendIdentityFacts,
    "phone": AmendIdentityFacts,
    "named_units": AmendNamedFacts,
    "named_users": AmendNamedFacts,
}
#: What each field of each value is, read from its type; a field that does not say it is refused here.
KINDS: Mapping[type[Facts], Mapping[str, frozenset[FactKind]]] = {
    kind: kinds_of(kind) for kind in dict.fromkeys([*FACTS.values(), *AMENDED.values(), OwnFacts])
}


def facts_type(action: str, stored: Mapping[str, Any]) -> type[Facts]:
    """Find the value that an entry of this action holds; one that the program has not is the county's own.

    Whether the definition of its case has an action of this name, `verify` asks.
    """
    if action == "amend" and isinstance(stored.get("field"), str):
        return AMENDED.get(stored["field"], AmendFacts)
    return FACTS.get(action, OwnFacts)


class StoredFacts(Protocol):
    """What is read of an entry, or of a row with these columns, to know what it says."""

    @property
    def action(self) -> str:
        """The name of the action."""

    @property
    def facts(self) -> Any:
        """What the chain covers."""

    @property
    def personal(self) -> Any:
        """The words beside it, opened."""


def to_json(facts: Facts) -> dict[str, Any]:
    """Write facts as an object of JSON with all words in it, for the interface."""
    return cast(dict[str, Any], msgspec.to_builtins(facts))


def to_entry(facts: Facts) -> tuple[dict[str, Any], list[list[Any]]]:
    """Write facts as the database keeps them: the object that the chain hashes, and the words beside it.

    Each of the latter is `[path, salt, words]`, its path the keys and places that lead to the digest.
    """
    if not holds_personal(type(facts)):
        return to_json(facts), []
    told, personal = orjson.loads(msgspec.json.encode(facts)), []
    for path in [*personal_paths(type(facts), told)]:
        salt, words = new_salt(), _at(told, path)
        _put(told, path, salted(salt, words))
        personal.append([list(path), salt, words])
    return told, personal


def new_salt() -> str:
    """Return random hex digits that go before personal words when they are hashed."""
    return secrets.token_hex(SALT_BYTES)


def salted(salt: str, words: str) -> str:
    """Return what stands in place of personal words: SHA-256 over salt and words, in hex."""
    return SALTED + hashlib.sha256(salt.encode() + words.encode()).hexdigest()


def from_entry(entry: StoredFacts) -> Facts:
    """Read the facts of an entry; raise BadFacts where they are not what the action records."""
    return from_json(entry.action, with_words(entry.facts, entry.personal))


def with_words(stored: Any, personal: Any) -> Any:
    """Put the personal words of an entry back into its facts; FORGOTTEN for what was forgotten.

    Raises BadFacts where words stand for which there is no place.
    """
    places = [*_salted_places(stored)]
    if not places and not personal:
        return stored
    told = orjson.loads(orjson.dumps(stored))
    try:
        beside = {tuple(path): words for path, _salt, words in personal}
    except (TypeError, ValueError) as error:
        raise BadFacts(NO_PLACE) from error
    for path in places:
        _put(told, path, beside.pop(path, FORGOTTEN))
    if beside:
        raise BadFacts(NO_PLACE)
    return told


def holds_plain_words(action: str, stored: Mapping[str, Any]) -> bool:
    """Return whether personal words stand in the facts themselves, as earlier versions wrote them."""
    paths = personal_paths(facts_type(action, stored), stored)
    return any(not str(_at(stored, path)).startswith(SALTED) for path in paths)


def without_words(action: str, facts: Facts) -> Facts:
    """Return facts as they are read after all their personal words were forgotten."""
    told = orjson.loads(msgspec.json.encode(facts))
    for path in [*personal_paths(type(facts), told)]:
        _put(told, path, FORGOTTEN)
    return from_json(action, told)


def words_digest(words: str) -> str:
    """Return the digest by which an entry knows words that stand elsewhere; FORGOTTEN for forgotten ones."""
    return FORGOTTEN if words == FORGOTTEN else row_digest({"text": words})


def unopened(entry: StoredFacts) -> Iterator[Path]:
    """Yield where the words beside an entry are missing, were changed, or stand without a digest."""
    beside = {tuple(path): said for path, *said in entry.personal}
    for path in _salted_places(entry.facts):
        match beside.pop(path, None):
            case [str(salt), str(words)] if salted(salt, words) == _at(entry.facts, path):
                pass
            case _:
                yield path
    yield from beside


def _salted_places(stored: Any, path: Path = ()) -> Iterator[Path]:
    if isinstance(stored, Mapping):
        for key, value in stored.items():
            yield from _salted_places(value, (*path, key))
    elif isinstance(stored, list):
        for place, value in enumerate(stored):
            yield from _salted_places(value, (*path, place))
    elif isinstance(stored, str) and stored.startswith(SALTED):
        yield path


def _at(stored: Any, path: Any) -> Any:
    for step in path:
        stored = stored[step]
    return stored


def _put(stored: Any, path: Any, value: str) -> None:
    *way, last = path
    _at(stored, way)[last] = value


def from_json(action: str, stored: Any) -> Facts:
    """Read facts that have all their words; raise BadFacts where they are not what the action records."""
    if not isinstance(stored, Mapping):
        raise BadFacts(MarkedText(_("写的不是一组事实")))
    try:
        return msgspec.convert(stored, facts_type(action, stored))
    except msgspec.ValidationError as error:
        parts = _QUOTED.findall(str(error))
        raise BadFacts(MarkedText(_("写的不合这个动作该记的：{parts}"), {"parts": parts})) from error
