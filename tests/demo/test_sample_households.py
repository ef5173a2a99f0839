from random import Random

import pytest

from demo.sample_households import SampleHousehold, create_households, spread
from demo.township import households

VILLAGES = (("SL", 5, 291, 822), ("YY", 12, 482, 1369), ("GG", 7, 351, 1013))


@pytest.fixture(scope="module")
def homes() -> list[SampleHousehold]:
    return households(Random(1))


@pytest.mark.parametrize(("village", "groups", "number", "people"), VILLAGES)
def test_the_register_adds_up_to_what_the_village_declared(
    homes: list[SampleHousehold], village: str, groups: int, number: int, people: int
) -> None:
    found = [home for home in homes if home.village == village]
    assert (len({home.group for home in found}), len(found), sum(home.people for home in found)) == (
        groups,
        number,
        people,
    )


def test_no_household_stands_there_twice(homes: list[SampleHousehold]) -> None:
    assert len({home.key for home in homes}) == len(homes) == 1124


def test_every_telephone_is_one_that_no_person_can_have(homes: list[SampleHousehold]) -> None:
    phones = [home.phone for home in homes if home.phone is not None]
    assert len(set(phones)) == len(phones)
    assert all(len(phone) == 11 and phone.startswith("140000") for phone in phones)


def test_everybody_has_somebody_at_home(homes: list[SampleHousehold]) -> None:
    assert min(home.people for home in homes) >= 1


def test_the_same_seed_settles_the_same_people() -> None:
    again = [
        create_households(Random(7), "SL", groups=5, households=291, people=822, serial=0) for _ in range(2)
    ]
    assert again[0] == again[1]


@pytest.mark.parametrize(("total", "parts", "least"), [(822, 291, 1), (12, 12, 1), (100, 3, 10)])
def test_a_total_is_shared_out_whole(total: int, parts: int, least: int) -> None:
    shares = spread(Random(3), total, parts, least=least)
    assert (sum(shares), len(shares), min(shares) >= least) == (total, parts, True)
