"""Say in words what an entry of the history says: sentences for each action's facts, by their fields.

A blank in a sentence is a field, or one of `BESIDE`, which stands in the records that the entry speaks of.
What is told of a value is told of those that are made from it too.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import UNSET

from cases.history import facts as of
from cases.history.amendment_facts import (
    AmendFacts,
    AmendHouseholdFacts,
    AmendIdentityFacts,
    AmendNamedFacts,
    AmendWordsFacts,
    ForgetFacts,
)
from cases.history.contact_facts import AttemptFacts, TriedFact, UnreachableFacts
from cases.history.own_facts import OwnFacts
from cases.lifecycle.own_actions.entered import KEPT
from cases.vocabulary import StandsFor
from core.i18n import mark as _


class Sentence(NamedTuple):
    """One sentence; it is said when all its blanks can be filled in and its condition holds.

    `states` names the fields that it states by being said at all; `several` is for cases with more than
    one complainant; `each` says it once for everything in a field that holds dates before and after.
    """

    words: str
    states: tuple[str, ...] = ()
    when: Callable[[Any], bool] | None = None
    several: bool = False
    each: str = ""


#: Blanks that are no facts: from the row of the case, from a written report, from a record of attempts.
BESIDE = frozenset({"channel", "kind", "addressee", "sent_on", "answered_on", "tried"})
#: What the keys of dates before and after are.
KEYS: Mapping[str, str] = {"due_dates": "clock", "reply_dates": "complainant"}

NAMED = (
    Sentence(_("反映到的单位：{named_units}")),
    Sentence(_("反映到的人：{named_users}")),
    Sentence(_("写下的名字，还没认清：{named_words}")),
)
SETTLED = Sentence(_("认清了写下的名字：{settled_words}"))
REPLY_OWNER = Sentence(_("答复改由{reply_owner}负责"))
MOVED = Sentence(_("{clock}从 {before} 改到 {after}"), each="due_dates")
WHO = Sentence(_("{term.complainant}：{complainant}"), several=True)
RATED = (WHO, Sentence("{rating}"))
SENTENCES: Mapping[type[Any], Sequence[Sentence]] = {
    of.RegisterFacts: (
        Sentence(_("怎么来的：{channel}；性质：{kind}")),
        Sentence(_("一起反映的有 {complainants} 位"), when=lambda facts: len(facts.complainants) > 1),
        *NAMED,
    ),
    of.OutcomeFacts: (Sentence("{outcome}"), Sentence(_("答应 {promised_on} 办好"))),
    of.AssignFacts: (
        Sentence(_("交给{unit}")),
        Sentence(_("指定承办，不得退回"), ("binding",), lambda facts: facts.binding),
        REPLY_OWNER,
        *NAMED,
        SETTLED,
    ),
    of.ReasonFacts: (Sentence(_("理由：{reason}")),),
    of.MovedReasonFacts: (MOVED,),
    of.ReturnFacts: (Sentence(_("建议由{proposed_unit}办")),),
    of.ReassignFacts: (Sentence(_("改由{unit}办")), REPLY_OWNER),
    of.EscalateFacts: (
        Sentence(_("报给{unit}")),
        Sentence(_("书面汇报：{report}")),
        Sentence(_("呈送{addressee}，{sent_on} 送出")),
        Sentence(_("上级 {answered_on} 答复")),
        REPLY_OWNER,
    ),
    of.ExtensionRequestFacts: (Sentence(_("想延到 {due_on}")),),
    of.SuspensionRequestFacts: (Sentence(_("想停到 {until}")),),
    of.SuspendFacts: (Sentence(_("停到 {until}")),),
    of.RungFacts: (
        Sentence("{clock}"),
        Sentence(
            _("没有发，已有更高一级"),
            ("skipped",),
            lambda facts: facts.skipped and facts.not_applicable is not True and facts.reason is UNSET,
        ),
        Sentence(_("不适用"), ("not_applicable",), lambda facts: facts.not_applicable is True),
        Sentence("{reason}"),
        Sentence(_("提给{unit}办")),
        REPLY_OWNER,
        MOVED,
    ),
    of.ConfirmFacts: (
        *RATED,
        Sentence(
            _("凭码自评：办理单位见过这个码，不算回访"),
            ("self_rated",),
            lambda facts: facts.self_rated is True,
        ),
    ),
    of.ReopenFacts: RATED,
    of.WithdrawFacts: (Sentence(_("由{recorded_by}记下")), MOVED),
    AttemptFacts: (
        Sentence(_("找{complainant}，没联系上")),
        Sentence("{mode}"),
        Sentence("{words}"),
        Sentence("{stands_for}"),
    ),
    UnreachableFacts: (
        Sentence(_("找{complainant}找了 {attempts} 次，没联系上")),
        Sentence("{tried}"),
        Sentence("{stands_for}"),
        Sentence(_("说明：{words}")),
    ),
    of.MergeFacts: (Sentence(_("并入 {into}")), Sentence(_("带过去 {complainants} 位{term.complainant}"))),
    of.AbsorbFacts: (
        Sentence(_("从 {merged} 并来")),
        Sentence(_("带来 {complainants} 位{term.complainant}")),
        MOVED,
    ),
    of.UnmergeFacts: (Sentence(_("从 {from_case} 分出")),),
    of.ReleaseFacts: (
        Sentence(_("分回 {released}")),
        Sentence(_("带走 {complainants} 位{term.complainant}")),
    ),
    of.ComplainantReasonFacts: (WHO,),
    of.TakeNamesFacts: (Sentence(_("并到的 {from_case} 写明了反映的是谁")), *NAMED, SETTLED),
    of.RelateFacts: (Sentence(_("和 {to} 有关")), Sentence(_("理由：{reason}"))),
    AmendFacts: (Sentence(_("{field}：从「{before}」改成「{after}」")),),
    AmendWordsFacts: (Sentence(_("{field}：从「{before}」改成「{after}」")),),
    AmendHouseholdFacts: (
        WHO,
        Sentence(_("{field}：从「{before}」改成「{after}」")),
        Sentence(_("{field}：改成「{after}」"), when=lambda facts: facts.before is None),
    ),
    AmendIdentityFacts: (
        WHO,
        Sentence(_("{field}：从「{before}」改成「{after}」")),
        Sentence(_("{field}：改成「{after}」"), when=lambda facts: facts.before is None),
    ),
    AmendNamedFacts: (
        *NAMED,
        SETTLED,
        Sentence(
            _("{field}：原来就写明了"),
            when=lambda facts: (
                facts.named_units is UNSET
                and facts.named_users is UNSET
                and facts.named_words is UNSET
                and facts.settled_words is UNSET
            ),
        ),
    ),
    of.RecalculatedFacts: (
        Sentence(_("按 {year} 年的放假通知：{notice}")),
        MOVED,
        Sentence(_("给{complainant}回话的日子从 {before} 改到 {after}"), each="reply_dates"),
    ),
    ForgetFacts: (
        Sentence(_("{before} 以前记下的话、姓名、电话和附件都删了，编号、日子和数字都留着")),
        Sentence(_("连同 {entries} 条经过里的话"), ("entries",), lambda facts: facts.entries > 0),
        Sentence(_("早先版本写下的 {plain} 条经过，里面的话删不掉")),
    ),
    OwnFacts: (Sentence(_("改由{unit}办")), REPLY_OWNER, MOVED),
    #: An attempt that was recorded together with the record, in one line.
    TriedFact: (Sentence("{mode}"), Sentence("{words}")),
    #: Below the words of a reply, in one line.
    of.ReplyFact: (
        Sentence(_("对{complainant}说的"), several=True),
        Sentence("{channel}"),
        Sentence(_("最终答复"), ("final",), lambda said: said.final),
        Sentence(_("先回个话"), ("final",), lambda said: not said.final),
    ),
}

#: What somebody said, told as a quotation, and by whom, told below it.
QUOTED = frozenset(
    {
        (of.WithdrawFacts, "words"),
        (of.JoinFacts, "complainant"),
        (of.AddedWordsFacts, "complainant"),
        (of.OutcomeFacts, "replies"),
        (of.ReplyFacts, "replies"),
        (of.RejectFacts, "replies"),
        (UnreachableFacts, "recorded"),
    }
)
DIGEST = "a digest: the words themselves stand on the page"
PICTURES = "hashes of files: the files themselves stand below the entry"
OWN_WORDS = "told by `own_sentences` in the words of the definition"
NOT_SHOWN: Mapping[tuple[type[Any], str], str] = {
    (of.RegisterFacts, "number"): "the number stands above the words",
    (of.RegisterFacts, "words"): DIGEST,
    (of.RegisterFacts, "answers"): DIGEST,
    (of.RegisterFacts, "attachments"): PICTURES,
    (of.AttachFacts, "attachments"): PICTURES,
    (of.ReplyFact, "words"): DIGEST,
    (of.JoinFacts, "words"): DIGEST,
    (of.AddedWordsFacts, "added"): DIGEST,
    (OwnFacts, "attachments"): PICTURES,
    **{(OwnFacts, name): OWN_WORDS for name in KEPT},
    (of.RungFacts, "cycle"): "a serial number within the program: the dates tell which period it was",
}

#: The group of words that a code is named by (`workflow.texts.labels`, or one of those below).
VOCABULARY: Mapping[tuple[type[Any], str], str] = {
    (of.OutcomeFacts, "outcome"): "outcome",
    (of.ReplyFact, "channel"): "reply_channel",
    (of.ConfirmFacts, "rating"): "rating",
    (of.ReopenFacts, "rating"): "rating",
    (of.RungFacts, "clock"): "clock",
    (of.RungFacts, "reason"): "not_raised",
    (UnreachableFacts, "stands_for"): "stands_for",
    (AttemptFacts, "stands_for"): "attempt_for",
    (AttemptFacts, "mode"): "mode",
    (TriedFact, "mode"): "mode",
    (AmendFacts, "field"): "field",
    (AmendWordsFacts, "field"): "field",
    (AmendHouseholdFacts, "field"): "field",
    (AmendIdentityFacts, "field"): "field",
    (AmendNamedFacts, "field"): "field",
}
#: Texts that somebody wrote and that hold nothing personal.
PLAIN = frozenset({(of.RecalculatedFacts, "notice")})
STANDS_FOR: Mapping[str, str] = {
    StandsFor.REPLY: _("当作最终答复"),
    StandsFor.VISIT: _("当作回访"),
}
ATTEMPT_FOR: Mapping[str, str] = {
    StandsFor.REPLY: _("为了答复"),
    StandsFor.VISIT: _("为了回访"),
}
NOT_RAISED: Mapping[str, str] = {
    "no_superior": _("已到最高一级，列入每周通报"),
    "wrong_state": _("那时还没有交办，没有提级"),
}
FIELDS: Mapping[str, str] = {
    "category": _("类别"),
    "kind": _("性质"),
    "urgency": _("紧急"),
    "own_words": _("原话"),
    "household": _("哪一{term.household}"),
    "name": _("姓名"),
    "phone": _("电话"),
    "named_units": _("反映到的单位"),
    "named_users": _("反映到的人"),
}
