"""The life cycles of docs/examples are lived from registration to closing, through pages and programs.

Neither touches a line of code: what a county added by itself is offered, taken, kept, told and checked.
"""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.builders import AREAS, UNITS, USERS, read_rules
from tests.pictures import picture
from tests.rules.test_nouns_of_sentences import HOMES, OF_A_VILLAGE
from tests.stories.desks import Desk, configuration, desk
from workflow.diagram import render

__all__ = ["desk"]

#: What the registers of these tests call their places, units and people.
NAMES = re.compile("|".join(sorted((str(row[1]) for row in (*AREAS, *UNITS, *USERS)), key=len, reverse=True)))
#: What each kind of person looks at besides the matter.
LOOKED_AT = {
    "guanli": (
        "/administration",
        "/areas",
        "/areas/new",
        "/areas/SL",
        "/units/new",
        "/units/team",
        "/people",
        "/calendar",
    ),
    "zuyuan": ("/register", "/todo", "/cases"),
    "lingdao": ("/dashboard", "/villages", "/villages/SL", "/complainants"),
}


def replies(view: dict[str, Any], text: str) -> list[dict[str, Any]]:
    return [{"complainant": person["id"], "channel": "door", "text": text} for person in view["complainants"]]


def test_a_matter_is_inspected_and_handled_jointly_without_a_line_of_code(
    desk: Callable[[str], Desk],
) -> None:
    town = desk("inspection")
    number = town.register("irrigation")
    town.act("zuzhang", number, "assign", unit="committee-SL")
    view = town.act(
        "cunwei-sl",
        number,
        "order_inspection",
        inspect_on="2026-03-05",
        inspector="cunwei-sl",
        what_to_see="水渠塌了哪一段",
    )
    assert (view["state"], view["state_name"], view["accepted"]) == ("assigned.inspecting", "待踏勘", True)
    running = {clock["clock"]: clock["due_on"] for clock in view["clocks"] if clock["running"]}
    assert running["inspection"] == view["due_on"] == "2026-03-09"
    assert "handling" in running
    assert any("安排踏勘" in one for one in town.told("zuzhang"))
    assert any("arrange an inspection" in one for one in town.told("zuzhang", "en"))

    caller = town.call("zuzhang")
    for state, there in (("assigned", True), ("assigned.inspecting", True), ("assigned.joint", False)):
        listed = [one["number"] for one in caller.get("/cases", state=state).json["items"]]
        assert (number in listed) == there, state
    assert caller.get("/cases", state="assigned.elsewhere").status_code == 422
    rows = town.browse("zuzhang").get("/cases?state=assigned.inspecting").text
    assert number in rows
    assert "待踏勘" in rows

    town.sweep("2026-03-10")
    assert any("踏勘期限" in one and "催办" in one for one in town.told("cunwei-sl"))
    late = town.call("zuzhang").get(f"/cases/{number}").json
    assert late["overdue"]

    page = town.send(
        "cunwei-sl",
        number,
        "inspect",
        inspected_on="2026-03-06",
        found="partly",
        findings="塌了两处，上面一处没有塌",
        length_m="１２.５",
        villager_present="yes",
        files=(io.BytesIO(picture("JPEG")), "ditch.jpg"),
    )
    for words in (
        "踏勘记录",
        "看到了什么：塌了两处",
        "和反映的一样吗：有一部分一样",
        "量了多长（米）：12.5",
        "反映人在场：是",
        "/attachments/",
    ):
        assert words in page.text, words
    history = town.call("cunwei-sl").get(f"/cases/{number}/history").json["items"]
    facts = next(one["facts"] for one in history if one["action"] == "inspect")
    assert facts["numbers"] == {"length_m": 12.5}
    assert facts["choices"] == {"found": "partly"}
    assert len(facts["attachments"]) == 1
    seen = town.villager().text
    for words in ("到现场看过了", "约了日子到现场看", "哪天去看：3月5日", "和反映的一样吗：有一部分一样"):
        assert words in seen, words
    assert "塌了两处" not in seen

    town.send("cunwei-sl", number, "handle_jointly", partner="county-water", division="村里清淤，水利局修墙")
    assert "几个单位一起在办" in town.villager().text
    view = town.act("xiangzhen", number, "change_lead", lead="county-water", why="修墙是大头")
    assert (view["owner"], view["accepted"], view["state"]) == ("county-water", False, "assigned.joint")
    town.act("bumen", number, "accept")
    view = town.act("bumen", number, "end_joint", minutes="墙修好了", cost=12000.5)
    view = town.act("bumen", number, "resolve", outcome="solved", replies=replies(view, "水渠修好了。"))
    town.act(
        "zuyuan",
        number,
        "confirm",
        complainant=view["complainants"][0]["id"],
        heard=True,
        rating="satisfied",
        words="水到田了",
    )
    closed = town.browse("zuzhang").get(f"/cases/{number}").text
    for words in ("请哪个单位一起办：示范县水利局", "花了多少（元）：12000.5", "谁去看：杉岭村支书"):
        assert words in closed, words
    assert town.findings() == []


def test_a_complaint_at_a_hospital_lives_under_its_own_words_states_and_units(
    desk: Callable[[str], Desk],
) -> None:
    hospital = desk("hospital")
    form = hospital.browse("zuyuan").get("/register").text
    for words in ("哪个病区", "诊断和治疗", "到接待室", "患者原话"):
        assert words in form, words
    number = hospital.register("treatment", answers={"record_number": "B-77"})
    hospital.act("zuzhang", number, "assign", unit="county-water")
    hospital.act("bumen", number, "accept")
    hospital.send(
        "bumen", number, "ask_experts", question="用药对不对", specialty="pharmacy", reviewer="bumen"
    )
    assert any("提请专家评议" in one for one in hospital.told("lingdao"))
    assert "请了专家在评议" in hospital.villager().text
    hospital.act(
        "bumen",
        number,
        "record_review",
        opinion="用药合规，说明不够",
        at_fault=False,
        reviewed_on="2026-03-02",
    )
    hospital.act("zuzhang", number, "seal_record", record_no="B-77", sealed_on="2026-03-04")
    hospital.act("bumen", number, "invite", meeting_on="2026-03-06", room="沟通室")
    hospital.sweep("2026-03-12")
    assert any("沟通期限" in one for one in hospital.told("bumen"))
    view = hospital.act(
        "bumen", number, "record_meeting", agreed="减免一部分", patient_came=True, waived_yuan=300
    )
    view = hospital.act("bumen", number, "hand_over", taken_over_by="township-MA", because="要院里统一答复")
    assert (view["owner"], view["accepted"]) == ("township-MA", False)
    assert any("移交医务部" in one for one in hospital.told("zuzhang"))
    hospital.act("xiangzhen", number, "accept")
    view = hospital.act(
        "xiangzhen", number, "resolve", outcome="explained", replies=replies(view, "当面讲明了，减免三百元。")
    )
    view = hospital.act("zuzhang", number, "check_record", record_no="B-77", complete=True)
    assert (view["state"], view["state_name"]) == ("resolved.audited", "已复查病历")
    view = hospital.act(
        "zuyuan",
        number,
        "confirm",
        complainant=view["complainants"][0]["id"],
        heard=True,
        rating="satisfied",
        words="讲清楚了",
    )
    assert view["state"] == "closed.archived"
    rates = hospital.call("lingdao").get("/rates").json
    assert rates
    page = hospital.browse("zuzhang").get(f"/cases/{number}").text
    for words in (
        "专家评议",
        "哪个专业：药学",
        "有过失：否",
        "减免多少（元）：300",
        "病历完整：是",
        "已归档",
    ):
        assert words in page, words
    assert "科室" in hospital.browse("guanli").get("/units").text
    rules = hospital.browse("zuzhang").get("/life-cycle").text
    for words in (
        "要填：移交给谁、为什么移交",
        "交给「移交给谁」里写的单位",
        "告诉：院领导、负责答复的单位里管分办的",
        "患者看到：请了专家评议",
        "10 个工作日；提醒、催办、督办",
    ):
        assert words in rules, words
    assert hospital.findings() == []
    said = {
        (who, path, language): nouns_of_a_village(hospital, who, path, language)
        for language in ("zh-CN", "en")
        for who, paths in LOOKED_AT.items()
        for path in (*paths, *((f"/cases/{number}",) if who != "guanli" else ()))
    }
    assert {place: nouns for place, nouns in said.items() if nouns} == {}


def nouns_of_a_village(hospital: Desk, who: str, path: str, language: str) -> set[str]:
    """Return what a page says of villages, work teams and villagers, but for the names of the registers."""
    page = hospital.browse(who).get(path, headers={"Accept-Language": language}).text
    shown = re.sub(r"<head>.*?</head>|<[^>]*>", " ", page, flags=re.DOTALL)
    bare = NAMES.sub("", shown)
    return {*OF_A_VILLAGE.findall(bare), *HOMES.findall(bare)}


@pytest.mark.parametrize("example", ["inspection", "hospital"])
def test_the_page_of_a_life_cycle_has_a_row_for_everything_of_its_own(example: str, tmp_path: Path) -> None:
    folder = configuration(example, tmp_path)
    rules = read_rules(tmp_path / "files", folder)
    definition = rules.definition
    page = render(definition, rules.profiles, rules.periods)
    for code in (*definition.states, *definition.steps, *definition.acts, *definition.clocks):
        assert f"| `{code}` |" in page, code
    for clock in definition.clocks.values():
        if clock.length is not None:
            assert f"{clock.length.days} {clock.length.unit}" in page
