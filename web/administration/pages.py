"""Name every noun of administration, for the application."""

from web.administration.areas import areas
from web.administration.people import people
from web.administration.units import units

ADMINISTRATION = (areas, units, people)
