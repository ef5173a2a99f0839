"""Say of every column of a text what it keeps of people; write the table of docs/security.md from it.

`python -m tests.rules.data_table` writes it. `tests/rules/test_personal_columns.py` finds a column of which
nothing is said.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import JSON, Column, LargeBinary, MetaData, String, TypeDecorator

from cases.retention.personal_columns import OF_TWO, PERSONAL, How
from core.persistence.db import Base
from tests.migrations.models import import_models

PAGE = Path(__file__).resolve().parents[2] / "docs" / "security.md"
HEAD = "| what is kept | where | how long | how it goes |"
#: What holds texts: everything else is a number, a day or a moment.
TEXTS = (String, JSON, LargeBinary)
MATTER = "until the matter is forgotten"
GOES: Mapping[How, str] = {
    How.MARK: "the mark",
    How.NOTHING: "NULL",
    How.EMPTY: "empty",
    How.ANOTHER: "one that opens nothing",
}


class Kept(NamedTuple):
    """What columns keep of people that is no matter of `PERSONAL`: what, how long, and how it goes."""

    what: str
    long: str
    goes: str


BESIDE = Kept("personal words of entries, sealed", MATTER, "nothing is left beside the entry")
SEARCHED = Kept(
    "the same words, folded, and the pairs of their characters (`search_terms`)", MATTER, "rows go"
)
ANSWER = Kept("answers to repeated submissions, sealed", "90 days", "rows go, with the matter at the latest")
HOUSE = Kept("households: head, telephone, remark", "as long as the register", "changed by `roster import`")
REGISTER = Kept("changes of the registers, with names before and after", "for good", "it does not: chained")
STAFF = Kept("people with an account: names, address", "for good: entries name them", "changed on 管理")
SECRET = Kept("digests of secrets, sealed second factors", "until changed or taken back", "rows go or change")
DEVICE = Kept("signed-in devices: which browser", "until the sign-in ends", "rows go")
PROVIDER = Kept("as whom a person is known at the provider", "until it is released on 人员", "rows go")
PROOF = Kept("what the provider said of a person, sealed", "until the sign-in ends", "NULL, or rows go")
TRIED = Kept("network addresses and user names (as digests) of tries", "a day", "rows go")
SENT = Kept("mails to people with an account: address, the server's complaint", "for good", "it does not")
OFFICE = Kept("telephones of units", "as long as the unit", "changed on 管理")
SERIAL = "a code of the program or of the county's files"
DIGEST = "a digest or random value, of no words that can be guessed"
CHAIN = "hashes of a chain and the names of its keys"
PLACE = "the name or code of a place, unit or day"
LIFE = "the life cycle, which is the county's own"
DATES = "dates and what they follow from"

#: What holds personal texts by other rules than those of a matter, by table and column.
OTHERS: Mapping[str, Kept] = {
    "history.personal": BESIDE,
    "search_texts.searched": SEARCHED,
    "kept_answers.headers": ANSWER,
    "kept_answers.sealed": ANSWER,
    "households.head": HOUSE,
    "households.phone": HOUSE,
    "households.note": HOUSE,
    "register_history.facts": REGISTER,
    "users.username": STAFF,
    "users.name": STAFF,
    "users.email": STAFF,
    "users.password_hash": SECRET,
    "used_passwords.password_hash": SECRET,
    "second_factors.sealed": SECRET,
    "second_factors.proposed": SECRET,
    "api_tokens.token_hash": SECRET,
    "sign_ins.secret_hash": SECRET,
    "sign_ins.device": DEVICE,
    "sign_ins.challenge": SECRET,
    "sign_ins.provider_proof": PROOF,
    "openid_bindings.issuer": PROVIDER,
    "openid_bindings.subject": PROVIDER,
    "passkeys.label": DEVICE,
    "passkeys.credential_id": DEVICE,
    "passkeys.public_key": DEVICE,
    "tries.subject": TRIED,
    "deliveries.address": SENT,
    "deliveries.last_error": SENT,
    "units.phone": OFFICE,
}
#: Texts that hold nothing of a person, with the reason.
HARMLESS: Mapping[str, str] = {
    **dict.fromkeys(
        (
            *(f"cases.{one}" for one in ("number", "category", "kind", "urgency", "channel", "state")),
            *(f"cases.{one}" for one in ("outcome", "rating", "profile")),
            *("complainants.rating", "rounds.outcome", "return_visits.rating", "self_ratings.rating"),
            *("replies.channel", "contact_attempts.mode", "contact_attempts.stands_for"),
            *("unreachable_records.stands_for", "search_texts.kind", "case_answers.key", "clocks.clock"),
            *("reminders.clock", "reminders.rung", "reminders.result", "attachments.media_type"),
            *("history.action", "history.from_state", "history.to_state", "tallies.category"),
            *(
                "tallied_cases.category",
                "tries.limit",
                "quota_counts.quota",
                "user_proposals.act",
                "users.roles",
                "api_tokens.may",
                "notices.kind",
            ),
            *("user_proposals.roles", "user_proposals.before", "user_proposals.outcome"),
            *("register_history.action", "register_history.subject_kind", "register_history.subject_id"),
            *("deliveries.channel", "deliveries.status", "deliveries.lease_by", "households.key"),
            *("notices.subject", "notices.key", "deliveries.dedupe_key", "kept_answers.case_number"),
        ),
        SERIAL,
    ),
    **dict.fromkeys(
        (
            *("cases.client_ref", "cases.workflow_hash", "attachments.id", "attachments.sha256"),
            *("code_holders.receipt_digest", "number_serials.slot_key", "kept_answers.key"),
            *("kept_answers.fingerprint", "workflow_definitions.hash", "workflow_states.hash"),
            "workflow_steps.hash",
        ),
        DIGEST,
    ),
    **dict.fromkeys(
        (
            *("cases.last_hash", "history.case_digest", "history.prev_hash", "history.hash"),
            *("history.key_id", "register_history.subject_digest", "register_history.prev_hash"),
            *("register_history.hash", "register_history.key_id"),
            *(f"{table}.{one}" for table in ("heads", "late_seals") for one in ("digest", "prev_hash")),
            *(f"{table}.{one}" for table in ("heads", "late_seals") for one in ("hash", "key_id")),
        ),
        CHAIN,
    ),
    **dict.fromkeys(
        (
            *("areas.code", "areas.name", "areas.level", "areas.path", "cases.village_name"),
            *("units.code", "units.name", "units.kind", "calendar_days.name", "calendar_days.source"),
            *("calendar_years.notice", "pinned_settings.name", "pinned_settings.value"),
        ),
        PLACE,
    ),
    **dict.fromkeys(
        (
            *("workflow_definitions.name", "workflow_definitions.body", "workflow_states.state"),
            *("workflow_steps.source", "workflow_steps.target"),
        ),
        LIFE,
    ),
    **dict.fromkeys(
        ("clocks.basis", "clocks.moves", "complainants.reply_basis", "unreachable_records.attempts"), DATES
    ),
    "rounds.escalated_to": "ids of units",
    "rounds.sent_down_by": "ids of units",
    "notices.facts": "codes and dates: the words are made where they are read",
    "verification_runs.findings": "rules, numbers of matters and columns",
    "history.facts": "salted digests where words would stand; what earlier versions wrote keeps its words",
    "api_tokens.label": "what a program is called",
    "personal_keys.id": "digests of keys, which open nothing",
}


def text_columns(metadata: MetaData) -> Iterator[Column[object]]:
    """Yield every column that holds a text, whatever its form."""
    for table in metadata.sorted_tables:
        yield from (one for one in table.columns if isinstance(_form(one), TEXTS))


def _form(column: Column[object]) -> object:
    """Return the type of a column as the database knows it, also of one that the program reads otherwise."""
    return column.type.impl if isinstance(column.type, TypeDecorator) else column.type


def by_place() -> dict[str, Kept]:
    """Return what is said of the columns of matters, by table and column."""
    found = {}
    for kind, personal in {**PERSONAL, **OF_TWO}.items():
        for name, how in personal.columns.items():
            what = f"`{kind.__tablename__}`"
            found[f"{kind.__tablename__}.{name}"] = Kept(what, MATTER, GOES[how])
    return found


def unsaid(metadata: MetaData) -> list[str]:
    """List the columns of texts of which nothing is said, and what is said of columns that there are not."""
    said = [*by_place(), *OTHERS, *HARMLESS]
    present = {f"{one.table.name}.{one.name}" for one in text_columns(metadata)}
    twice = {one for one in said if said.count(one) > 1}
    return sorted((present ^ set(said)) | twice)


def table() -> str:
    """Return the table: first what goes with a matter, then all else that is somebody's."""
    rows: dict[Kept, list[str]] = {}
    for place, kept in {**by_place(), **OTHERS}.items():
        rows.setdefault(kept, []).append(place)
    lines = [_row(kept, places) for kept, places in rows.items()]
    files = f"| files of matters | the folder `files`, by hash | {MATTER} | the file goes, its hash stays |"
    return "\n".join([HEAD, "|---|---|---|---|", *lines, files])


def _row(kept: Kept, places: list[str]) -> str:
    columns = ", ".join(f"`{place.partition('.')[2]}`" for place in places)
    where = columns if kept.what.startswith("`") else ", ".join(f"`{place}`" for place in places)
    return f"| {kept.what} | {where} | {kept.long} | {kept.goes} |"


def replaced(text: str) -> str:
    """Return the page with the table in the place of the one that it has."""
    start = text.index(HEAD)
    end = text.index("\n\n", start)
    return text[:start] + table() + text[end:]


if __name__ == "__main__":
    import_models()
    assert unsaid(Base.metadata) == []
    PAGE.write_text(replaced(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
