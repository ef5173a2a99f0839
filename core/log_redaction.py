"""Take out of a text what must not be in a log, wherever it came from: the last of several safeguards.

What the program notes itself holds none of it. A library may put anything into its words (threats.md T87).
"""

import re

MASK = "[...]"
#: No text of fewer characters is private by its form: a@b.cn.
SHORTEST = 6
#: Telephone numbers, numbers of identity cards, tokens, receipt codes, addresses of mail, and what stands
#: before the host of an address: a user and a password. A number inside a longer word is none.
PRIVATE = re.compile(
    r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z])\d{17}[0-9Xx](?![0-9A-Za-z])"
    r"|hy_[A-Za-z0-9_-]{20,}"
    r"|(?<![0-9A-Za-z])[2-9A-HJ-NP-Za-hj-np-z]{5}-[2-9A-HJ-NP-Za-hj-np-z]{5}(?![0-9A-Za-z])"
    r"|[^\s<>\"'@/]{1,64}@[A-Za-z0-9.-]{1,255}"
    r"|(?<=://)[^\s/]*@"
)


def redact(text: str) -> str:
    """Return the text with everything private in it replaced."""
    return PRIVATE.sub(MASK, text)
