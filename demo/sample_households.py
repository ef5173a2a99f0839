"""Fill the villages with invented households whose numbers add up to the declared totals."""

from dataclasses import dataclass
from random import Random

SURNAMES = (
    "王李张刘陈杨黄吴赵周徐孙马朱胡郭何林罗高郑梁谢宋唐许邓冯韩曹曾彭萧蔡"
    "潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石"
)
GIVEN_NAMES = (
    "长生", "有田", "大山", "水生", "木林", "春发", "桂香", "秀兰", "玉珍", "福全",
    "德厚", "满仓", "守田", "喜来", "冬梅", "腊梅", "菊香", "二娃", "老幺", "来顺",
    "得水", "土生", "金凤", "银花", "正坤", "正国", "光明", "先福", "先禄", "传家",
    "传义", "世财", "世和", "兴旺", "兴贵", "家和", "家兴", "永久", "永清", "清泉",
    "春秀", "夏生", "秋菊", "雪莲", "麦香", "稻生", "谷雨", "立春", "小满", "寒露",
)  # fmt: skip
#: 140 is a series for machines: no telephone of a person can have such a number.
PHONE = "1400000{serial:04d}"
WITHOUT_PHONE = 7  # one household in so many has no telephone


@dataclass(frozen=True)
class SampleHousehold:
    """A household as it stands in the register: group, number within it, head, phone and people."""

    village: str
    group: int
    number: int
    head: str
    phone: str | None
    people: int

    @property
    def key(self) -> str:
        """Return the key of the register, such as YY-03-017."""
        return f"{self.village}-{self.group:02d}-{self.number:03d}"


def create_households(
    rng: Random, village: str, *, groups: int, households: int, people: int, serial: int
) -> list[SampleHousehold]:
    """Return a village's households; they and their people add up exactly. `serial` is the first phone's."""
    sizes = spread(rng, households, groups, least=max(1, households // groups - 6))
    heads = spread(rng, people, households, least=1)
    names = rng.sample([f"{surname}{given}" for surname in SURNAMES for given in GIVEN_NAMES], households)
    homes: list[SampleHousehold] = []
    for group, size in enumerate(sizes, start=1):
        for number in range(1, size + 1):
            place = len(homes)
            phone = None if place % WITHOUT_PHONE == 0 else PHONE.format(serial=serial + place)
            homes.append(SampleHousehold(village, group, number, names[place], phone, heads[place]))
    return homes


def spread(rng: Random, total: int, parts: int, *, least: int) -> list[int]:
    """Share a total out over so many parts, at random but each at least `least`; the sum is exact."""
    shares = [least] * parts
    for _ in range(total - least * parts):
        shares[rng.randrange(parts)] += 1
    return shares
