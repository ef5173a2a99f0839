"""Say in words what a notice tells: one table from kind to title and sentence.

The words name the matter by number, village, category and date; never what a villager said, and nobody's
name (threats.md T48).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import Any

from config.marked_text import LANGUAGE
from config.quotas import Quota, Waiting
from core.i18n import Translate, mark_provisional
from core.i18n import mark as _

#: For each kind the title and the sentence. What the braces may name stands in `Wording.words`.
KINDS: Mapping[str, tuple[str, str]] = {
    "registered": (
        _("{number} 新事项"),
        _("{village}登记了一件「{category}」事项，请在 {due_on} 前分办。"),
    ),
    "assigned": (
        _("{number} 交给你们办理"),
        _("{village}的一件「{category}」事项交由你们单位办理，请接收，并在 {due_on} 前答复。"),
    ),
    "returned": (
        _("{number} 被退回"),
        _("{village}的一件「{category}」事项被退回，请在 {due_on} 前重新分办。"),
    ),
    "escalated": (
        _("{number} 已上报"),
        _("{village}的一件「{category}」事项已书面上报，办理期限 {due_on}；请在答复期限前向当事人说明进展。"),
    ),
    "raised": (
        _("{number} 已提级"),
        _("{village}的一件「{category}」事项逾期未办结，已提级办理，期限 {due_on}。"),
    ),
    "sent_down": (
        _("{number} 被退回下级"),
        _("{village}的一件「{category}」事项附书面理由退回，请在 {due_on} 前重新分办。"),
    ),
    "resolved": (
        _("{number} 已答复，待回访"),
        _("{village}的一件「{category}」事项已答复办结，请在 {due_on} 前回访。"),
    ),
    "reopened": (
        _("{number} 重新办理"),
        _("{village}的一件「{category}」事项经回访重新办理，请在 {due_on} 前分办。"),
    ),
    "nobody_left": (
        _("{number} 没有单位能收"),
        _("{village}的一件「{category}」事项，能收的单位和人都被反映到了，请监督过问。"),
    ),
    "rejected_alone": (
        _("{number} 由一个人不予受理"),
        _("{village}的一件「{category}」事项，由同一个人提请并决定不予受理，请监督过问。"),
    ),
    "closed": (_("{number} 已归档"), _("{village}的一件「{category}」事项已归档。")),
    "extension_requested": (
        _("{number} 申请延期"),
        _("{village}的一件「{category}」事项申请延期，现期限 {due_on}，请审批。"),
    ),
    "extension_granted": (
        _("{number} 同意延期"),
        _("{village}的一件「{category}」事项同意延期至 {due_on}。"),
    ),
    "extension_refused": (
        _("{number} 不同意延期"),
        _("{village}的一件「{category}」事项不同意延期，期限仍为 {due_on}。"),
    ),
    "tell_extension": (
        _("{number} 请告知延期"),
        _("{village}的一件「{category}」事项办理期限延至 {due_on}，请告知当事人。"),
    ),
    "reject_requested": (
        _("{number} 申请不予受理"),
        _("{village}的一件「{category}」事项申请不予受理，请在 {due_on} 前决定。"),
    ),
    "reject_refused": (
        _("{number} 应予受理"),
        _("{village}的一件「{category}」事项应予受理，请在 {due_on} 前分办。"),
    ),
    "suspension_requested": (
        _("{number} 申请中止计时"),
        _("{village}的一件「{category}」事项申请中止计时，现期限 {due_on}，请审批。"),
    ),
    "suspension_refused": (
        _("{number} 不同意中止计时"),
        _("{village}的一件「{category}」事项不同意中止计时，期限仍为 {due_on}。"),
    ),
    "suspended": (
        _("{number} 暂停计时"),
        _("{village}的一件「{category}」事项暂停计时，期限顺延至 {due_on}。"),
    ),
    "resumed": (
        _("{number} 恢复计时"),
        _("{village}的一件「{category}」事项恢复计时，期限 {due_on}。"),
    ),
    "merged": (_("{number} 已并案"), _("{village}的一件「{category}」事项已并入另一件办理。")),
    "joined": (
        _("{number} 有人加入"),
        _("{village}的一件「{category}」事项又有人加入，答复时须逐一答复。"),
    ),
    "words_added": (
        _("{number} 有了补充"),
        _("{village}的一件「{category}」事项有人补充了情况，请打开看看。"),
    ),
    "own_action": (
        _("{number} {action}"),
        _("{village}的一件「{category}」事项：{action}。现期限 {due_on}，请打开看看。"),
    ),
    "work_ended": (
        _("{number} 不用再办"),
        _("{village}的一件「{category}」事项已结束办理，不用再办。"),
    ),
    "left_unit": (
        _("{number} 不再由你们办理"),
        _("{village}的一件「{category}」事项已转出，不再由你们单位办理。"),
    ),
    "taken_over": (
        _("{number} 现由你们负责"),
        _("{village}的一件「{category}」事项现由你们单位负责，请在 {due_on} 前处理。"),
    ),
    "date_earlier": (
        _("{number} 期限提前"),
        _("{village}的一件「{category}」事项{clock}期限由 {before} 提前到 {due_on}，请抓紧。"),
    ),
    "complainants_changed": (
        _("{number} 等答复的人有变动"),
        _("{village}的一件「{category}」事项等答复的人有增减，答复时须逐一答复。"),
    ),
    "remind": (
        _("{number} 即将到期"),
        _("{village}的一件「{category}」事项{clock}期限 {due_on}，请抓紧。"),
    ),
    "urge": (
        _("{number} 催办"),
        _("{village}的一件「{category}」事项{clock}期限 {due_on} 已过，请立即办理。"),
    ),
    "supervise": (
        _("{number} 督办"),
        _("{village}的一件「{category}」事项{clock}期限 {due_on} 已过，现予督办。"),
    ),
    "publish": (
        _("{number} 通报"),
        _("{village}的一件「{category}」事项{clock}期限 {due_on} 已过，列入本周通报。"),
    ),
    "raise": (
        _("{number} 提级"),
        _("{village}的一件「{category}」事项{clock}期限 {due_on} 已过，现予提级。"),
    ),
    "weekly": (
        _("{week} 周通报"),
        _("以下单位有逾期事项列入通报（只列单位，不列个人）：\n{units}"),
    ),
    "calendar_missing": (
        _("{year} 年工作日尚未录入"),
        _("{year} 年的节假日安排尚未录入，跨入该年的期限暂按周末推算。通知发布后请尽快录入。"),
    ),
    "records_differ": (
        _("核对发现 {found} 处不符"),
        _("昨夜核对记录，发现 {found} 处不符。请打开「管理」里的「核对」看，先别再动数据。"),
    ),
    "many_tries": (
        _("有人在反复试"),
        _("{tries}，错得太多，暂时不再接受；以前登录过、查过的设备不受影响。请看看是不是有人在猜。"),
    ),
    "second_wanted": (
        _("有件事等另一位管理员确认"),
        _(
            "另一位管理员提请给人授权或者换密码，要您确认才算数，过期作罢。见「管理」里的「人员」；请先问过本人。"
        ),
    ),
    "second_agreed": (
        _("有人得了授权，由管理员共同办"),
        _("有人得了新的角色，或者换了密码，由管理员共同办。是谁、谁办的，记在「人员」里；不该有，马上说。"),
    ),
    "quota_met": (
        _("有人用到了每天的上限"),
        _("有人今天{quota}到了上限，今天不能再做。是谁，见「管理」里的「人员」；真有这么忙，请把上限调高。"),
    ),
    "test": (_("回音测试邮件"), _("收到这封邮件，说明邮件通道可用。")),
}
#: What is said of a kind that has no words of its own.
OTHER = (_("回音有新通知"), _("您有一条新通知，请登录查看。"))
UNIT_LINE = _("{name}：通报 {published} 件，停在最高一级 {stuck} 件")

CLOCKS: Mapping[str, str] = {
    "triage": _("分办"),
    "accept": _("接收"),
    "handling": _("办理"),
    "reply": _("答复"),
    "return": _("回访"),
}
#: What was tried too often, by the limit that was used up.
TRIES: Mapping[str, str] = {
    "wrong_receipt_codes": _("从一个地址试回执码"),
    "wrong_receipt_codes_all": _("试回执码，各个地址合起来"),
    "sign_in_name": _("试一个人的密码"),
    "sign_in_address": _("从一个地址试密码"),
    "sign_in_all": _("试密码，各个地址合起来"),
    "provider_address": _("从一个地址试统一身份认证"),
    "provider_all": _("试统一身份认证，各个地址合起来"),
    "factor_user": _("试一个人的动态码，密码已经试对"),
}
#: What somebody did as often as a day allows, by the limit.
QUOTAS: Mapping[str, str] = {
    Quota.CASES: _("登记事项"),
    Quota.COMPLAINANTS: _("登记的人数"),
    Quota.ACTS: _("办理的步数"),
    Quota.CHANGES: _("改名册和设置"),
    Quota.FILES: _("加照片和文件"),
    Quota.FILE_BYTES: _("加照片和文件的大小"),
    Quota.EXPORTS: _("导出的次数"),
    Quota.EXPORT_ROWS: _("导出的行数"),
    Waiting.OWN: _("传上来没用到事项上的文件"),
    Waiting.ALL: _("大家传上来没用到事项上的文件"),
}
#: Beside which date of a notice's facts stands what says that it may still move (暂按周末推算).
PROVISIONAL_MARKS: Mapping[str, str] = {"due_on": "provisional", "before": "before_provisional"}
SAMPLE_PREFIX = _("【示例，不是真事】")
NO_DATE = _("（无期限）")
#: What the sentences say after the name of a clock, and most names end with.
DATE = "期限"
LINK = _("查看：{link}")
FOOTER = _("此件由回音系统自动发出，请勿直接回复。")


def facts_named(kind: str) -> frozenset[str]:
    """Return the facts that the words of a kind speak of; raise LookupError for a kind without words."""
    return frozenset(
        name for text in KINDS[kind] for _text, name, _form, _how in Formatter().parse(text) if name
    )


@dataclass(frozen=True)
class Wording:
    """How an installation words its notices: the language, the names of categories, where the pages are.

    `categories` maps a code to its name in that language.
    """

    translate: Translate
    categories: Mapping[str, str] = field(default_factory=dict)
    public_url: str = ""

    def title(self, kind: str, facts: Mapping[str, Any], *, sample: bool = False) -> str:
        """Return the one line that stands in the inbox and as the subject of a mail, marked for a sample."""
        title = self._fill(KINDS.get(kind, OTHER)[0], facts)
        return f"{self.translate(SAMPLE_PREFIX)}{title}" if sample else title

    def sentence(self, kind: str, facts: Mapping[str, Any]) -> str:
        """Return the sentence below the title."""
        return self._fill(KINDS.get(kind, OTHER)[1], facts)

    def body(self, kind: str, facts: Mapping[str, Any]) -> str:
        """Return the whole text of a mail: the sentence, a link without any secret, a footer."""
        parts = [self.sentence(kind, facts)]
        if self.public_url and facts.get("number"):
            link = f"{self.public_url}/cases/{facts['number']}"
            parts.append(self.translate(LINK).format(link=link))
        parts.append(self.translate(FOOTER))
        return "\n\n".join(parts) + "\n"

    def _fill(self, message: str, facts: Mapping[str, Any]) -> str:
        category = str(facts.get("category") or "")
        clock = CLOCKS.get(str(facts.get("clock") or ""), "")
        tries = TRIES.get(str(facts.get("tries") or ""), "")
        quota = QUOTAS.get(str(facts.get("quota") or ""), "")
        own_clock = self._own_words(facts, "clock_words").removesuffix(DATE)
        return self.translate(message).format(
            number=facts.get("number") or "",
            village=facts.get("village") or "",
            category=self.categories.get(category, category),
            due_on=self._date(facts, "due_on") or self.translate(NO_DATE),
            before=self._date(facts, "before"),
            clock=own_clock or (self.translate(clock) if clock else ""),
            action=self._own_words(facts, "action"),
            week=facts.get("week") or "",
            year=facts.get("year") or "",
            found=facts.get("found") or "",
            tries=self.translate(tries) if tries else "",
            quota=self.translate(quota) if quota else "",
            units="\n".join(self.translate(UNIT_LINE).format(**unit) for unit in facts.get("units") or []),
        )

    def _own_words(self, facts: Mapping[str, Any], name: str) -> str:
        """Return what the definition called something when the notice was made."""
        return str((facts.get(name) or {}).get(self.translate(LANGUAGE), ""))

    def _date(self, facts: Mapping[str, Any], name: str) -> str:
        """Write a date of a notice and whether it may still move; an empty text where there is none."""
        text = str(facts.get(name) or "")
        provisional = bool(text and facts.get(PROVISIONAL_MARKS[name]))
        return mark_provisional(text, provisional=provisional, translate=self.translate)
