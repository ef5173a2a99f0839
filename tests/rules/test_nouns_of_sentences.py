"""No sentence of the pages says by itself what a county calls otherwise: the nouns come from its words.

A sentence writes `{level.village}` where it means 村, and `labels.fill_nouns` puts the county's word there.
What speaks to whoever runs the server or writes the files is let through below.
"""

import ast
import re

import pytest

from core.i18n import catalogue
from tests.rules import sources
from tests.rules.sources import product, tree
from tests.rules.test_numbers_in_words import BLANK, sentences
from workflow.texts.labels import GROUPS, NOUN, RENAMED
from workflow.texts.plurals import SAID_OF_SEVERAL

#: The nouns of a village alone, which no page says of whoever calls all of them otherwise.
OF_A_VILLAGE = re.compile(
    r"村|工作[组队]|群众|乡镇|县|villag|work team|township|\bcount(?:y|ies)\b", re.IGNORECASE
)
#: The nouns of a village, of its roles and kinds of unit, in both languages. 管理员 is none: in sentences it
#: is whoever administers the installation, which may be three roles.
NOUNS = re.compile(
    r"村|工作[组队]|群众|乡镇|县|组[长员]|联络员|监督|领导"
    r"|villag|work team|township|\bcount(?:y|ies)\b|team leader|\bmembers?\b|coordinator|\bauditors?\b"
    r"|\bleaders?\b|\bleading group|village committee|\bcommittees?\b|\bdepartments?\b",
    re.IGNORECASE,
)
#: Modules that speak to whoever runs the server, imports registers or writes a county's files; and the words.
OF_THE_SERVER = re.compile(
    r"^(?:cli(?!/check)|config|api|cases/importing|roster|accounts(?!/security_log/words))\b"
)
#: Besides, the words themselves, and the English of a sentence, which is looked at with it.
ELSEWHERE = re.compile(rf"{OF_THE_SERVER.pattern}|^workflow/texts/labels|^the English of ")
NOTICE = "a notice, which is worded without the definition"
#: Whoever raised a matter, for whom the definition has a word. Findings of a check of the records name a row
#: of the table of complainants, and the files of a county call its own steps.
COMPLAINANTS = re.compile(r"反映人|complainant", re.IGNORECASE)
OF_THE_RECORDS = re.compile(r"^cases/verification\b")
#: What stands in a village alone, and where people live. 用户 and 账户 are others, and so is 大家.
HOMES = re.compile(r"(?<![用账开客])户|(?<![大国专])家|household|famil(?:y|ies)", re.IGNORECASE)
#: Sentences that still say such a noun, and why.
LEFT = {
    "{village}的一件「{category}」事项，能收的单位和人都被反映到了，请监督过问。": NOTICE,
    "{village}的一件「{category}」事项，由同一个人提请并决定不予受理，请监督过问。": NOTICE,
    "例如：示范县": "the name of an example",
    "例如：示范县走访办": "the name of an example",
    "代码只用字母、数字和连字符，最多 {most} 个，例如 SL 或 committee-SL": "the code of an example",
    "字母、数字和连字符，例如 committee-SL；定了不能改": "the code of an example",
}


def says_a_noun(text: str, english: str = "") -> bool:
    """Return whether a sentence or its English has a noun outside of its blanks."""
    bare = [BLANK.sub("", one) for one in (text, english)]
    return any(nouns.search(one) for nouns in (NOUNS, HOMES, COMPLAINANTS) for one in bare)


def test_no_sentence_of_the_pages_says_a_noun_of_its_own() -> None:
    english = catalogue("en")
    found = {
        text: where
        for text, where in sentences().items()
        if text not in LEFT
        and not ELSEWHERE.match(where)
        and not OF_THE_RECORDS.match(where)
        and says_a_noun(text, english.get(text, ""))
    }
    assert found == {}


#: The groups whose words are the nouns themselves, or are chosen by a county with one of its own in mind.
NAMES = {"role", "unit_kind", "level", "term", "channel", "mode", "reply_channel"}


def test_no_words_of_the_program_that_hold_a_noun_keep_the_programs() -> None:
    """Words such as those of a relation or a reason stand in the module of the nouns, and are none."""
    said = {
        (group, code): words
        for group, table in GROUPS.items()
        if group not in NAMES
        for code, words in table.items()
        if says_a_noun(words.zh, words.en)
    }
    assert said == {}


def program_words(module: ast.Module) -> list[int]:
    """Return the lines in which the words of a code are taken without the definition that may rename them."""
    return [
        node.lineno
        for node in sources.nodes(module)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"name", "reason"}
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"labels", "bilingual_labels"}
    ]


def test_no_page_takes_words_without_the_definition() -> None:
    pages = {sources.name(place): place for place in product() if sources.name(place).startswith("web/")}
    found = {where: program_words(tree(place)) for where, place in pages.items()}
    assert {where: lines for where, lines in found.items() if lines} == {}


def test_words_that_are_taken_without_the_definition_are_found() -> None:
    assert program_words(ast.parse('labels.name("guard", code, language)')) == [1]
    assert program_words(ast.parse('labels.called(definition, "guard", code, language)')) == []


def test_what_is_let_through_is_there() -> None:
    assert LEFT.keys() <= sentences().keys()


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("这个村没有", ""),
        ("没有反映", "nothing of villagers"),
        ("哪个县", "which one"),
        ("请组长更正", ""),
        ("由他决定", "the leader decides"),
        ("哪一户", ""),
        ("问问家里的人", ""),
        ("给反映人回话", ""),
        ("都答复了", "every complainant has a reply"),
        ("都有了", "every household has one"),
        ("他说的", "said by the family"),
    ],
)
def test_a_noun_in_a_sentence_is_found(text: str, english: str) -> None:
    assert says_a_noun(text, english)
    assert not says_a_noun("这个{level.village}没有", "nothing in this {level.village}")


def test_every_noun_that_is_asked_for_is_a_word_that_can_be_changed() -> None:
    texts = [*sentences(), *catalogue("en").values()]
    asked = {(one[2].lower(), one[3]) for text in texts for one in NOUN.finditer(text)}
    assert len(asked) > 6
    assert {
        (group, code)
        for group, code in asked
        if group not in (*RENAMED, "clock") or code not in GROUPS[group]
    } == set()


def said_of_several() -> dict[str, set[str]]:
    """Return the codes, by their group, of which an English sentence speaks as of several."""
    found: dict[str, set[str]] = {}
    texts = [*sentences(), *catalogue("en").values()]
    for one in (noun for text in texts for noun in NOUN.finditer(text) if noun[4]):
        found.setdefault(one[2].lower(), set()).add(one[3])
    return found


def test_a_word_for_several_can_be_written_where_a_sentence_says_it_and_nowhere_else() -> None:
    assert {group: set(codes) for group, codes in SAID_OF_SEVERAL.items()} == said_of_several()
