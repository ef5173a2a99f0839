"""Say which limit of a day was met, how much it is, from when there is more, and whom to ask."""

from collections.abc import Mapping
from typing import Any

from config.marked_text import MarkedText
from config.quotas import Quota, Waiting
from core.i18n import mark as _

#: One for each limit: `{used}` is what there was before, `{most}` the limit, `{day}` when there is more.
SENTENCES: Mapping[str, str] = {
    Quota.CASES: _(
        "您今天已经登记 {used} 件，每人每天最多 {most} 件。"
        "这一次没有存；{day}起可以再登记。等不及，请找管理员调高。"
    ),
    Quota.COMPLAINANTS: _(
        "您今天已经登记 {used} 个人，每人每天最多 {most} 个。"
        "这一次没有存；{day}起可以再登记。等不及，请找管理员调高。"
    ),
    Quota.ACTS: _(
        "您今天已经办了 {used} 步，每人每天最多 {most} 步。"
        "这一次没有存；{day}起可以再办。等不及，请找管理员调高。"
    ),
    Quota.CHANGES: _(
        "您今天已经改了 {used} 次名册和设置，每人每天最多 {most} 次。"
        "这一次没有存；{day}起可以再改。等不及，请找管理员调高。"
    ),
    Quota.FILES: _(
        "您今天已经加了 {used} 个照片和文件，每人每天最多 {most} 个。"
        "这一次没有存；{day}起可以再加。等不及，请找管理员调高。"
    ),
    Quota.FILE_BYTES: _(
        "您今天加的照片和文件已有 {used} MB，每人每天最多 {most} MB。"
        "这一次没有存；{day}起可以再加。等不及，请找管理员调高。"
    ),
    Quota.EXPORTS: _(
        "您今天已经导出 {used} 次，每人每天最多 {most} 次。{day}起可以再导出。等不及，请找管理员调高。"
    ),
    Quota.EXPORT_ROWS: _(
        "您今天已经导出 {used} 行，每人每天最多 {most} 行。"
        "请加上条件少导一些，或者{day}起再导出。等不及，请找管理员调高。"
    ),
    Waiting.OWN: _(
        "您传上来还没有用到事项上的文件已有 {used} MB，每人最多 {most} MB。"
        "请先用上，或者等它们过期清理；{day}再试。等不及，请找管理员调高。"
    ),
    Waiting.ALL: _(
        "大家传上来还没有用到事项上的文件已有 {used} MB，一共最多 {most} MB。请{day}再试，也请告诉管理员。"
    ),
}


def sentence(facts: Mapping[str, Any], day: str) -> MarkedText | None:
    """Return what is said of a refusal with these facts; `day` is as its reader writes it. None of others."""
    if facts.get("reason") != "quota":
        return None
    named = {"used": facts["used"], "most": facts["most"], "day": day}
    return MarkedText(SENTENCES[facts["limit"]], named)
