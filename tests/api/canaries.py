"""Words that must never be written anywhere but into the database, and a search for them."""

import json
from urllib.parse import quote

NAME = "欧阳金翎"
HEAD = "司徒玉麟"
PHONE = "13755501937"
OTHER_PHONE = "18677708246"
WORDS = "村主任把低保名额给了自家亲戚"
REPLY = "名额已经收回并公示"
FILE_NAME = "证据翡翠.pdf"
CODE = "K7M2P-9XQ4K"
TOKEN = "hy_" + "Canary" * 7 + "C"
SECRET = "canary-secret-key-of-this-installation-0001"
PASSWORD = "canary-password-of-somebody"
GATEWAY = "smtp-password-canary"
ADDRESS = "ouyang.jinling@example.org"

CANARIES = (
    *(NAME, HEAD, PHONE, OTHER_PHONE, WORDS, REPLY, FILE_NAME, CODE, CODE.replace("-", "")),
    *(TOKEN, SECRET, PASSWORD, GATEWAY, ADDRESS),
)


def found_in(written: str, more: tuple[str, ...] = ()) -> set[str]:
    """Return the canaries that stand in a text, however they are escaped there."""
    forms = written + "\n" + _unescaped(written)
    return {
        canary
        for canary in (*CANARIES, *more)
        if canary in forms or quote(canary) in forms or repr(canary.encode())[2:-1] in forms
    }


def _unescaped(written: str) -> str:
    """Return every line that is JSON with its characters as they are."""
    plain = []
    for line in written.splitlines():
        try:
            plain.append(json.dumps(json.loads(line), ensure_ascii=False))
        except ValueError:
            continue
    return "\n".join(plain)
