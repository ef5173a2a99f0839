"""Give the words of the sample township: what people say, what they are told, and why things are done.

All of it is invented. The matters stand in `matters.toml`, the small phrases of the office here.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from cases.configuration.case_rules import Category
from workflow.definition.vocabulary import AttemptMode

NUMERALS = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
SMALL = ("三", "四", "五", "六", "七", "八")
MONTHS = ("三", "四", "五", "六", "七", "八", "九", "十")
SITES = (
    "老井湾", "枫树垭", "石板沟", "大田坝", "黄泥坡", "水碾边", "竹林湾", "对门坡", "干塘", "槽坊",
    "柿子树下", "土地岭", "青冈坪", "瓦窑边", "沙坝", "半边街", "桐子林", "茶园坡", "鹰嘴岩", "回龙湾",
)  # fmt: skip


@dataclass(frozen=True)
class SampleMatter:
    """Something people raise, how it ends, and the words of the final reply; both with places left open."""

    category: str
    kind: str
    outcome: str
    words: str
    reply: str


def load_matters(categories: Mapping[str, Category]) -> list[SampleMatter]:
    """Return what people raise in a county with these categories, in the order of the files.

    A category that `matters.toml` has no words for is spoken of in those of `general_matters.toml`, which say
    nothing about it but its name.
    """
    rows, general = (_read(name) for name in ("matters.toml", "general_matters.toml"))
    told = [
        SampleMatter(category, **row) for category in rows if category in categories for row in rows[category]
    ]
    return told + [
        SampleMatter(code, **{name: words.replace("{category}", row.zh) for name, words in matter.items()})
        for code, row in categories.items()
        if code not in rows
        for matter in general["matters"]
    ]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))


#: How people begin and end; chance puts them around the matter, so that no two speak alike.
OPENINGS = (
    "",
    "",
    "",
    "说过几回了。",
    "不晓得该找哪个，就找你们说。",
    "正好你们来了，我就说一件。",
    "本来不想说的。",
    "替大家说一句。",
)
ENDINGS = (
    "",
    "",
    "",
    "盼个回音。",
    "记下来，别忘了。",
    "办得成办不成，给句话就行。",
    "麻烦你们跑一趟。",
    "就这一件，别的都好。",
)


def reply_text(matter: SampleMatter, rng: Random, group: int) -> tuple[str, str]:
    """Fill a matter's places: give the villager's words and the final reply, which speak of the same."""
    filled = {
        "g": NUMERALS[group],
        "p": rng.choice(SITES),
        "n": rng.choice(SMALL),
        "m": rng.choice(MONTHS),
    }
    words = f"{rng.choice(OPENINGS)}{matter.words.format(**filled)}{rng.choice(ENDINGS)}"
    return words, matter.reply.format(**filled)


#: What a further complainant says about the same matter; `{words}` is what the first one said.
ALSO = (
    "我家也是一样的情况。{words}",
    "隔壁已经说过，我再说一遍，免得只当是一家的事：{words}",
    "听说有人反映了，把我家也算上。{words}",
    "这件事我也要个回音。{words}",
)

INTERIM = (
    "您反映的事已经交给村里办，看过现场了，办到哪一步会再来告诉您。",
    "东西在备，人也定了，还要等几天，先来跟您说一声，没有忘。",
    "这件事牵涉几家，正在一家家谈，有了眉目就上门。",
    "材料已经报上去，在等回话，到日子不管成不成都来告诉您。",
    "师傅这几天在别的组，排到您这里要过两天，日子定了先打电话。",
)

ANSWERED_ON_VISIT = (
    "当面跟您讲清楚了：{reply}",
    "政策的册子翻给您看过。{reply}",
    "这件事在门口就能答您：{reply}",
)

EXPLAINED_AGAIN = (
    "又去问了一遍，还是这个政策，改不了。条文复印给您，有别的难处我们另想办法。",
    "请了上面懂政策的人一起来，当面再讲了一遍，这件事确实办不了。",
)

SATISFIED = (
    "办得好，来了几趟，我看在眼里。",
    "说话算数，满意。",
    "事情办了，还回来问一声，难得。",
    "以前反映都没有下文，这回有。",
    "没得说的，谢谢你们跑路。",
    "满意，叫他们以后也这样。",
)

FAIR = (
    "办是办了，就是慢了些。",
    "办了一半，另一半看后头。",
    "道理讲清楚了，还过得去。",
    "差不多吧，能用了。",
)

DISSATISFIED = (
    "看是来看了，两天就又坏了，不能算办好。",
    "说的和做的不一样，原来那处根本没有动。",
    "只叫我等，等到哪一天没有个数。",
    "答复我看了，讲的不是我说的那件事。",
)

NOT_OURS = (
    "这件事不在村里管的范围，设施归县里管水的单位。",
    "要动主管道，村里没有图，也没有权。",
    "查了台账，水闸和管子是县里的，请交给他们。",
)

REPORT_REASONS = (
    "村里的钱和料不够，需要乡里统筹。",
    "牵涉两个村，村里协调不下来。",
    "要动用的地方不归村里管，须由上级答复。",
)

SEND_DOWN = "乡里研究过，这项在村里权限之内，经费已经拨到村，请重新交办。"

MORE_TIME = (
    "材料要从外地运，路上还要几天。",
    "连着下雨，没法开工。",
    "当事的一方在外打工，约好下个星期回来。",
)

NO_MORE_TIME = "人和料都已到位，按原来的日子办。"

PAUSE = "等要用的东西到齐才能接着办，到那天自动恢复。"

ANOTHER_UNIT = "看过现场，是管道的问题，改由县里管水的单位办。"

#: Why a matter is not taken up, and what its complainant is told.
DECLINE_REASONS = (
    (
        "这件事法院已经判过。",
        "您说的这件事法院已经判了，村里和乡里都不能再改。不服可以找县法院，地址和电话写给您了。",
    ),
    (
        "反映的是邻县的事。",
        "这个地方归邻县管，我们这里收不了。他们的电话和地方都写在条子上给您了。",
    ),
    (
        "同一件事正在仲裁。",
        "这件事正在仲裁，要等那边的结果。仲裁的电话给您了，有结果我们也来问一声。",
    ),
)

ACCEPT_REASON = "不属于不受理的情形，照常办。"

WITHDRAWN = (
    "我们两家自己讲好了，这件事不用你们跑了。",
    "东西找到了，是我记错了，撤了吧。",
    "儿子回来已经弄好了，不麻烦了。",
    "我不反映了，记下来就行。",
)

MIS_ENTRY = (
    "录错了村，已在本村重新登记。",
    "走访时试机，不是真的事项。",
    "同一张表录了两遍。",
    "把宣传的话当成反映的事录了。",
)

SAME_MATTER = "两户说的是同一件事，一起办。"

NOT_THE_SAME = "去看过，是两处，分开办。"

REVIEWED = "已经几次讲明，再查无新情况，经领导复核归档，计入不满意。"

NOTES = (
    "去的时候没人，邻居说赶集去了，晚上再去。",
    "老人耳背，答复要当面慢慢讲。",
    "门口的狗要先喊一声。",
)

LOST_SLIP = "回执单洗衣服洗掉了，补一张。"

SLIP_OF_THE_PEN = "登记时点错了一格。"
NOT_REACHED = "去了几次都没找到人，邻居说全家在外务工。"
ATTEMPTS = {
    AttemptMode.DAY_HOME.value: "白天上门，门锁着。",
    AttemptMode.PHONE.value: "电话打不通。",
    AttemptMode.EVENING.value: "晚上又去了一趟，还是没人。",
}
