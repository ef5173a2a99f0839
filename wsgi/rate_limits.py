"""Say how often somebody may ask for what is costly, by pages or interface (docs/decisions/0008)."""

from collections.abc import Mapping
from datetime import timedelta

from accounts.sign_in.rate_limits import Limit

QUARTER, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)

UPLOADS = Limit("uploads", 600, HOUR)
DISCLOSURES = Limit("disclosures", 60, HOUR)
#: Of one address. After so many wrong receipt codes right ones wait, and after the most of the limit nothing
#: is looked up any more, but for devices that were let in before (docs/decisions/0044).
FREE_WRONG_CODES = 10
WRONG_CODES = Limit("wrong_receipt_codes", 200, QUARTER)
ALL_WRONG_CODES = Limit("wrong_receipt_codes_all", 2_000, HOUR)
#: Of one address that has used its free ones up: a right code waits so long, and no other is answered then.
PAUSE = timedelta(seconds=2)
RIGHT_CODES = Limit("right_receipt_codes", 1, PAUSE)

#: Wrong passwords: of a name from one address, of a name, of an address, of all; and of a device on which the
#: person was let in before, which is counted by itself alone (docs/decisions/0043).
SIGN_IN_HERE = Limit("sign_in_here", 10, QUARTER)
SIGN_IN_NAME = Limit("sign_in_name", 100, HOUR)
SIGN_IN_ADDRESS = Limit("sign_in_address", 200, QUARTER)
SIGN_IN_ALL = Limit("sign_in_all", 2_000, HOUR)
SIGN_IN_DEVICE = Limit("sign_in_device", 10, QUARTER)
#: Wrong codes of a second factor, whose sender knew the password: the same, tighter.
FACTOR_HERE = Limit("factor_here", 5, QUARTER)
FACTOR_USER = Limit("factor_user", 20, HOUR)
FACTOR_DEVICE = Limit("factor_device", 5, QUARTER)
#: Wrong answers of a provider, of one address and of all; and of a device on which anybody who signs in was
#: let in before. A stranger sends them without knowing anything, so passwords are counted apart.
PROVIDER_ADDRESS = Limit("provider_address", 200, QUARTER)
PROVIDER_ALL = Limit("provider_all", 2_000, HOUR)
PROVIDER_DEVICE = Limit("provider_device", 10, QUARTER)

#: A /48 network has so many times the tries of an address: it may be one customer, or a whole village's.
WIDER = 4
#: What says, once it is used up, that somebody is at work and not forgetful: administrators are told.
TOLD_OF = frozenset(
    {WRONG_CODES.name, ALL_WRONG_CODES.name, SIGN_IN_NAME.name, SIGN_IN_ADDRESS.name, SIGN_IN_ALL.name}
    | {FACTOR_USER.name, PROVIDER_ADDRESS.name, PROVIDER_ALL.name}
)

#: Of one complainant: who waits may say more, and nobody has so much to say in a day.
ADDED_WORDS = Limit("added_words", 10, DAY)

#: Acts whose answer tells what is told nowhere else: a whole number, a new receipt code.
COSTLY_ACTIONS: Mapping[str, Limit] = {"reveal": DISCLOSURES, "reissue_receipt": DISCLOSURES}
