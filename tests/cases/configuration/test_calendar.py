"""The years whose notice is entered are listed from the newest, and one is found by its number."""

from cases.configuration.calendar import find_year, list_years
from core.persistence.db import Database


def test_the_years_are_listed_from_one_on_newest_first(town: Database) -> None:
    with town.reading() as session:
        every = [row.year for row in list_years(session, since=0)]
        some = [row.year for row in list_years(session, since=every[1])]
    assert every == sorted(every, reverse=True)
    assert some == every[:2]


def test_a_year_without_a_notice_is_not_found(town: Database) -> None:
    with town.reading() as session:
        newest = list_years(session, since=0)[0].year
        found = find_year(session, newest)
        assert (found.year if found else None, find_year(session, newest + 1)) == (newest, None)
