"""Name every noun of administration, for the application."""

from web.administration.people import people

ADMINISTRATION = (people,)
