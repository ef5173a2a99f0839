"""Say how often somebody may ask for what is costly, by pages or interface (docs/decisions/0008)."""

from collections.abc import Mapping
from datetime import timedelta

from accounts.sign_in.rate_limits import Limit

QUARTER, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)

UPLOADS = Limit("uploads", 600, HOUR)
DISCLOSURES = Limit("disclosures", 60, HOUR)
#: Of one address; a receipt code is guessed at by nobody who has ten tries in a quarter of an hour.
WRONG_CODES = Limit("wrong_receipt_codes", 10, QUARTER)

#: Of one complainant: who waits may say more, and nobody has so much to say in a day.
ADDED_WORDS = Limit("added_words", 10, DAY)

#: Acts whose answer tells what is told nowhere else: a whole number, a new receipt code.
COSTLY_ACTIONS: Mapping[str, Limit] = {"reveal": DISCLOSURES, "reissue_receipt": DISCLOSURES}
