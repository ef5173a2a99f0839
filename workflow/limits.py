"""How often and how long the code allows a thing, whatever a county's files say (domain.md section 2).

Sentences that name one of these take it from here.
"""

from datetime import timedelta

#: So often a case is given back, and its handling clock suspended, in one round.
RETURNS_A_ROUND = 2
SUSPENSIONS_A_ROUND = 2
LONGEST_SUSPENSION = timedelta(days=90)
#: So long villagers may ask for a case again that ended, and its recorder may amend what was written down.
REOPEN_WITHIN = timedelta(days=90)
AMEND_WITHIN = timedelta(days=1)
#: In so many rounds it was explained why a thing cannot be done, before a review may close the case.
EXPLANATIONS = 2
#: Attempts that make somebody unreachable: how many, in how many ways, counted a day, over how long.
ATTEMPTS = 3
MODES = 2
A_DAY = 2
LEAST_SPAN = timedelta(days=7)
#: So many characters has a text that somebody writes, and a number so many decimals below this size.
LONGEST_TEXT = 5000
#: The same of what a villager writes with a code.
LONGEST_SAID = 500
LARGEST_NUMBER, DECIMALS = 10**12, 6
#: No number that is answered to a question of a category is higher.
LARGEST_ANSWER = 1_000_000_000
