"""The two profiles, and who can be what together."""

import pytest

from config.profiles import MLPS, ORDINARY, PROFILES, SEPARATE
from config.setting_problems import BadSettings
from config.settings import load


def test_the_usual_profile_holds_unless_the_setting_names_the_other() -> None:
    assert load({}).profile is ORDINARY
    assert load({"HUIYIN_PROFILE": "mlps"}).profile is MLPS
    with pytest.raises(BadSettings, match="ordinary, mlps"):
        load({"HUIYIN_PROFILE": "level-3"})
    assert set(PROFILES) == {"ordinary", "mlps"}


@pytest.mark.parametrize(
    ("roles", "usual", "separate"),
    [
        ({"admin"}, True, False),
        ({"admin", "leader"}, True, False),
        ({"member", "team_leader"}, True, True),
        ({"leader", "auditor"}, True, True),
        *(({role}, False, True) for role in sorted(SEPARATE)),
        ({"security_admin", "audit_admin"}, False, False),
        ({"system_admin", "member"}, False, False),
        (set(), True, True),
    ],
)
def test_who_can_be_what_together(roles: set[str], *, usual: bool, separate: bool) -> None:
    assert (ORDINARY.fits(frozenset(roles)), MLPS.fits(frozenset(roles))) == (usual, separate)


def test_the_other_profile_is_nowhere_looser() -> None:
    assert MLPS.lasts < ORDINARY.lasts
    assert MLPS.idle < ORDINARY.idle
    assert (MLPS.own_devices, ORDINARY.own_devices) == (False, True)
    assert MLPS.most_wrong < ORDINARY.most_wrong
    assert MLPS.wrong_within > ORDINARY.wrong_within
    assert (MLPS.least_kinds, MLPS.password_days, MLPS.remembered) == (3, 90, 3)
    assert MLPS.factor_roles == SEPARATE
