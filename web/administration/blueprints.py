"""Name every noun of administration, for the application."""

from web.administration.areas import areas
from web.administration.categories import categories
from web.administration.first_administrator import setup_pages
from web.administration.life_cycle import life_cycle
from web.administration.overview import administration
from web.administration.people.openid import openid_bindings
from web.administration.people.pages import people
from web.administration.people.second_administrator import second_administrator_pages
from web.administration.reads import reads
from web.administration.units import units
from web.administration.verification import verification_pages
from web.administration.working_days import working_days

ADMINISTRATION = (
    administration,
    areas,
    units,
    people,
    openid_bindings,
    second_administrator_pages,
    categories,
    life_cycle,
    working_days,
    verification_pages,
    reads,
    setup_pages,
)
