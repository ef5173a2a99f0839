"""Name every noun of administration, for the application."""

from web.administration.areas import areas
from web.administration.categories import categories
from web.administration.checking import checking
from web.administration.life_cycle import life_cycle
from web.administration.overview import administration
from web.administration.people import people
from web.administration.units import units
from web.administration.working_days import working_days
from web.set_up import set_up

ADMINISTRATION = (
    administration,
    areas,
    units,
    people,
    categories,
    life_cycle,
    working_days,
    checking,
    set_up,
)
