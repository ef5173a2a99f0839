"""Name each guard by what it asks to be true, for those who read the life cycle as a table."""

from collections.abc import Mapping

from config.marked_text import Bilingual
from workflow.limits import AMEND_WITHIN, EXPLANATIONS, REOPEN_WITHIN, RETURNS_A_ROUND, SUSPENSIONS_A_ROUND

GUARD_NAMES: Mapping[str, Bilingual] = {
    "accept_pending": Bilingual("还没有接收", "not accepted yet"),
    "return_window_open": Bilingual("退回的期限没过", "the days for returning it are not over"),
    "returns_left": Bilingual(
        f"这一轮退回不到 {RETURNS_A_ROUND} 次", f"returned fewer than {RETURNS_A_ROUND} times this round"
    ),
    "assignment_not_reserved": Bilingual(
        f"这一轮退回不到 {RETURNS_A_ROUND} 次，不用{{role.coordinator}}指定",
        f"returned fewer than {RETURNS_A_ROUND} times, so no {{role.coordinator}} has to assign it",
    ),
    "not_binding": Bilingual("不是指定承办", "not a binding assignment"),
    "has_superior": Bilingual("上面有单位可以接", "some unit above can take it"),
    "not_sent_down_here": Bilingual("这一级本轮没有退回过下级", "not sent down by this level this round"),
    "reopen_window_open": Bilingual(
        f"办完不超过 {REOPEN_WITHIN.days} 天", f"ended no more than {REOPEN_WITHIN.days} days ago"
    ),
    "objection_left": Bilingual(
        "不是再次不予受理，也不是复核归档", "neither rejected a second time nor closed after review"
    ),
    "reopened_before": Bilingual("重新交办过", "reopened before"),
    "explained_twice": Bilingual(
        f"有 {EXPLANATIONS} 轮答复是办不了，讲明", f"explained as impossible in {EXPLANATIONS} rounds"
    ),
    "dissatisfaction_recorded": Bilingual(
        "记有{term.complainant}不满意", "a {term.complainant}'s dissatisfaction is on record"
    ),
    "reject_requested": Bilingual("有没批的不予受理提请", "a request to reject waits"),
    "no_reject_requested": Bilingual("没有没批的不予受理提请", "no request to reject waits"),
    "nothing_merged_in": Bilingual("没有别的事并进来", "no other case was merged into it"),
    "target_open": Bilingual("并入的那一件还没办完", "the case it was merged into is open"),
    "handling_running": Bilingual("{clock.handling}在走", "the {clock.handling} clock runs"),
    "before_expiry": Bilingual(
        "{clock.handling}没过", "the date of the {clock.handling} clock has not passed"
    ),
    "extensions_left": Bilingual("还能再延期", "an extension is left"),
    "no_extension_requested": Bilingual("没有没批的延期申请", "no request for an extension waits"),
    "extension_requested": Bilingual("有没批的延期申请", "a request for an extension waits"),
    "not_suspended": Bilingual("没有中止计时", "the clock does not stand still"),
    "suspended": Bilingual("中止计时了", "the clock stands still"),
    "no_suspension_requested": Bilingual("没有没批的中止申请", "no request for a suspension waits"),
    "suspension_requested": Bilingual("有没批的中止申请", "a request for a suspension waits"),
    "suspensions_left": Bilingual(
        f"这一轮中止不到 {SUSPENSIONS_A_ROUND} 次",
        f"suspended fewer than {SUSPENSIONS_A_ROUND} times this round",
    ),
    "visit_or_promised_day": Bilingual(
        "还有人没回访，或者答应的日子到了", "somebody is still unvisited, or the promised day has come"
    ),
    "somebody_unanswered": Bilingual("还有人没得到答复", "somebody is still unanswered"),
    "somebody_unvisited": Bilingual("还有人没回访", "somebody is still unvisited"),
    "attempts_enough": Bilingual("找够了次数和天数", "sought often and long enough"),
    "within_a_day": Bilingual(
        f"登记以后不超过 {AMEND_WITHIN.days} 天", f"recorded no longer ago than days: {AMEND_WITHIN.days}"
    ),
    "names_settled": Bilingual("反映的是谁都认清了", "it is settled whom every name means"),
    "number_to_show": Bilingual("有自己能看的号码", "there is a number that one may know"),
    "second_person_decides": Bilingual("提请的是别人", "somebody else asked for it"),
}
