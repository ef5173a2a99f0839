"""The setting of what one user may do in a day."""

import pytest

from config.quotas import IN_MEGABYTES, SHIPPED, Quota, QuotaLimits, Waiting, read
from config.setting_problems import BadSettings
from config.settings import load


def test_without_a_setting_the_shipped_numbers_hold() -> None:
    assert read("") == (QuotaLimits(), [])
    assert set(SHIPPED) == {*Quota, *Waiting}


def test_what_is_named_is_changed_and_the_rest_stays() -> None:
    limits, problems = read(" cases = 5 , file_mb=7 ")
    assert (problems, limits.counted) == ([], True)
    assert dict(limits.numbers) == {**SHIPPED, "cases": 5, "file_mb": 7}
    assert (limits.most(Quota.CASES), limits.most(Quota.FILE_BYTES)) == (5, 7_000_000)
    assert set(SHIPPED) > IN_MEGABYTES


@pytest.mark.parametrize("value", ["off", " OFF "])
def test_for_measurements_nothing_is_counted(value: str) -> None:
    limits, problems = read(value)
    assert (limits.counted, problems) == (False, [])


@pytest.mark.parametrize(
    "value", ["none", "cases", "cases=0", "cases=-1", "cases=1.5", "cases=二", "on,cases=x"]
)
def test_what_is_no_limit_is_refused_with_a_sentence(value: str) -> None:
    with pytest.raises(BadSettings, match="HUIYIN_QUOTAS"):
        load({"HUIYIN_QUOTAS": value})
