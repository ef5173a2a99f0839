"""How many rows a list gives at once, and how many a job reads at once."""

#: Rows of a page of a list where nobody asks for another number, and the most that anybody may ask for.
LIMIT, MOST = 50, 200
#: How far the count of a list goes before it says "or more": counting all would cost more than the page.
COUNTED = 1000
#: Rows that a job or a check reads, changes or writes at once.
PAGE = 500
#: Rows of one kind that a check names before the rest is left to its next run.
NAMED = 20
