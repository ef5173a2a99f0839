"""Tell whether letters and characters are but few common words, one behind the other: `renminzhengfu`."""

from collections.abc import Set

from accounts.sign_in.pinyin import characters, syllables

#: Three words drawn by chance take a guesser long; two, or a phrase of pinyin as long as two, do not.
LEAST_WORDS = 3
#: A word of Chinese has two syllables: each is half of one, and so is the character that is read so.
HALVES_OF_WORD, HALVES_OF_SYLLABLE = 2, 1
#: No word of the lists has more letters.
LONGEST = 18


def is_few_words(core: str, words: Set[str]) -> bool:
    """Return whether a core can be cut into fewer than three words.

    A word is one of `words`, or two syllables of pinyin or characters; nothing else may be left.
    """
    limit = LEAST_WORDS * HALVES_OF_WORD
    fewest = [0] + [limit] * len(core)
    for end in range(1, len(core) + 1):
        for begin in range(max(0, end - LONGEST), end):
            halves = fewest[begin] + _halves(core[begin:end], words)
            fewest[end] = min(fewest[end], halves)
    return 0 < fewest[-1] < limit


def _halves(part: str, words: Set[str]) -> int:
    """Return for how many halves of a word a part counts; too many for what is none."""
    if part in syllables() or part in characters():
        return HALVES_OF_SYLLABLE
    return HALVES_OF_WORD if part in words else LEAST_WORDS * HALVES_OF_WORD
