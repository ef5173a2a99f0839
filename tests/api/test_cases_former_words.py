"""What a matter said before it was corrected may tell who speaks."""

from collections.abc import Callable
from typing import Any

from tests.api.conftest import Caller


def test_the_former_words_of_a_matter_are_read_by_whoever_may_know_who_speaks(
    call: Callable[[str], Caller], submission: Callable[..., dict[str, Any]]
) -> None:
    voice = {"name": "田某", "phone": "13800002046", "confidential": True}
    hidden, plain = (
        call("zuyuan")
        .post("/cases", submission(client_ref=ref, own_words="我是田某，猪圈被占", complainants=[who]))
        .json["number"]
        for ref, who in (("confidential", voice), ("open", {**voice, "confidential": False}))
    )
    for number in (hidden, plain):
        asked: dict[str, Any] = {"field": "own_words", "value": "猪圈被占", "reason": "田某写多了"}
        assert call("zuzhang").act(number, "amend", **asked).status_code == 200
    for reader, number, may in (
        ("cunwei-sl", hidden, False),
        ("lingdao", hidden, False),
        ("zuzhang", hidden, True),
        ("cunwei-sl", plain, True),
    ):
        told = call(reader).get(f"/cases/{number}/history")
        entry = next(one for one in told.json["items"] if one["action"] == "amend")
        assert told.status_code == 200
        assert ("我是田某，猪圈被占" in entry["facts"].values()) is may
        assert ("田某写多了" in entry["facts"].values()) is may
