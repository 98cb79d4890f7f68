"""The built-in case as data: what the paper has, how often, and where; then the comparison of its two encodings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest

import mcda
from mcda.files.document import read_document
from mcda.files.shipped import shipped
from verification.encoding import compare as encodings
from verification.encoding.compare import Item

CASE = "eu-belarus-2025"
MEASURES = read_document(shipped("cases") / CASE / "measures.yaml").data
CATALOGUE = read_document(shipped("cases") / CASE / "catalogue.yaml").data
ALTERNATIVES: list[dict[str, Any]] = MEASURES["alternatives"]
BY_ID = {a["id"]: a for a in ALTERNATIVES}
STEPS: list[dict[str, Any]] = CATALOGUE["minsk_steps"]
EU_STEPS: list[dict[str, Any]] = CATALOGUE["eu_steps"]["steps"]
INDICATORS = [indicator for gate in CATALOGUE["outer_gates"] for indicator in gate["indicators"]]

#: Everything that is listed by id, by what it is.
LISTS: dict[str, list[dict[str, Any]]] = {
    "measures": ALTERNATIVES,
    "entities": MEASURES["entities"],
    "untiered": MEASURES["untiered"],
    "steps by Minsk": STEPS,
    "steps by the EU": EU_STEPS,
    "sectors of EU steps": CATALOGUE["eu_steps"]["sectors"],
    "tracks": CATALOGUE["tracks"],
    "outer gates": CATALOGUE["outer_gates"],
    "indicators": INDICATORS,
    "figures": CATALOGUE["figures"],
    "notes": CATALOGUE["notes"],
}


def per_tier(tiers: Iterable[int]) -> list[int]:
    found = Counter(tiers)
    return [found[tier] for tier in range(1, 6)]


# -- measures ----------------------------------------------------------------------------------------------------------


def test_there_are_49_measures_by_tier() -> None:
    problem = mcda.load_problem(CASE)
    assert per_tier(problem.published) == [7, 12, 11, 13, 6]
    assert [a.id for a in problem.alternatives] == list(BY_ID)


def test_they_come_from_38_bullets() -> None:
    bullets = {(a["tier"], a["place"]["bullet"]) for a in ALTERNATIVES}
    assert per_tier(tier for tier, _ in bullets) == [7, 12, 11, 6, 2]


def test_places_run_on_without_a_gap() -> None:
    places = [(a["tier"], a["place"]["bullet"], a["place"]["part"]) for a in ALTERNATIVES]
    assert places == sorted(set(places))
    for tier in range(1, 6):
        bullets = sorted({bullet for t, bullet, _ in places if t == tier})
        assert bullets == list(range(1, len(bullets) + 1))


def test_parts_of_a_bullet_are_all_there() -> None:
    for a in ALTERNATIVES:
        place = a["place"]
        assert place["list"] == f"Tier {a['tier']}"
        same = [b for b in ALTERNATIVES if (b["tier"], b["place"]["bullet"]) == (a["tier"], place["bullet"])]
        assert [b["place"]["part"] for b in same] == list(range(1, place["parts"] + 1))


def test_articles_are_text() -> None:
    for a in ALTERNATIVES:
        assert isinstance(a["article"]["as_printed"], str)
        assert isinstance(a["article"]["corrected"], str)


def test_a_reference_changes_only_where_it_is_said_and_reasoned() -> None:
    changed = {a["id"]: (a["article"]["as_printed"], a["article"]["corrected"], a["article"]["check"])
               for a in ALTERNATIVES if a["article"]["as_printed"] != a["article"]["corrected"]}  # fmt: skip
    assert changed == {
        "state-insurance": ("1I", "1l", "corrected"),
        "dabrabyt-messaging": ("1z", "1zb", "corrected"),
        "wood-imports": ("10", "1o", "corrected"),
        "mineral-imports": ("1g", "1h", "unverified"),
    }
    assert all(BY_ID[name]["article"]["note"] for name in changed)


def test_what_is_unsure_of_a_reference_is_marked() -> None:
    unsure = {a["id"] for a in ALTERNATIVES if a["article"]["check"] == "unverified"}
    assert unsure == {"mineral-imports", "officials-visa-ban", "defence-companies-freeze"}
    printed_1g = [a["id"] for a in ALTERNATIVES if a["article"]["as_printed"] == "1g"]
    assert printed_1g == ["tobacco-goods", "mineral-imports"]


def test_corrected_references_are_unique_but_for_freezes_messaging_and_none() -> None:
    found = Counter(a["article"]["corrected"] for a in ALTERNATIVES)
    assert {reference for reference, n in found.items() if n > 1} == {"2", "1zb"}


# -- entities and persons ----------------------------------------------------------------------------------------------


def test_there_are_21_entities_by_tier_and_parent() -> None:
    entities = mcda.load_problem(CASE).entities
    assert Counter((e.tier, e.parent) for e in entities) == {
        (1, "belavia-freeze"): 1,
        (2, "nine-companies-freeze"): 9,
        (5, "defence-companies-freeze"): 11,
    }


def test_an_entity_stands_in_its_parents_bullet() -> None:
    for entity in MEASURES["entities"]:
        parent = BY_ID[entity["parent"]]
        assert (entity["tier"], entity["kind"]) == (parent["tier"], parent["kind"])
        assert entity["place"]["bullet"] == parent["place"]["bullet"]


def test_three_untiered_items_name_six_persons() -> None:
    untiered = MEASURES["untiered"]
    assert len(untiered) == 3
    assert not any("tier" in item for item in untiered)
    persons = [person for item in untiered for person in item["persons"]]
    assert len(persons) == len(set(persons)) == 6


# -- steps and gates ---------------------------------------------------------------------------------------------------


def test_there_are_40_steps_by_minsk_by_cluster() -> None:
    assert Counter(step["cluster"] for step in STEPS) == {
        "urgent": 13, "first-tier": 13, "second-tier": 9, "migration": 2, "mobility": 1, "aviation": 2,
    }  # fmt: skip


def test_steps_by_minsk_by_track() -> None:
    assert Counter(step["track"] for step in STEPS) == {"H": 13, "D": 1, "P": 12, "L": 9, "M": 2, "A": 2, "none": 1}
    assert [track["id"] for track in CATALOGUE["tracks"]] == list("HDPLMAO")


def test_steps_of_a_cluster_are_numbered_in_turn() -> None:
    for cluster in {step["cluster"] for step in STEPS}:
        orders = [step["order"] for step in STEPS if step["cluster"] == cluster]
        assert orders == list(range(1, len(orders) + 1))


def test_a_steps_cluster_follows_from_its_heading() -> None:
    humanitarian = {
        "release and conditions of detention": "urgent",
        "practices that must be stopped": "first-tier",
        "legislation that must be repealed": "second-tier",
    }
    for step in STEPS:
        for words, cluster in humanitarian.items():
            assert (words in step["place"]["heading"]) == (step["cluster"] == cluster), step["id"]


def test_legal_references_of_the_steps() -> None:
    codes = Counter(law.split(", ")[0] for step in STEPS for law in step["legal"])
    assert codes["Criminal Code"] == 15 + 5 + 4 + 2
    assert codes["Code of Administrative Offences"] == 6
    assert codes["Repression Benchmarks"] == 8


def test_there_are_27_eu_steps_in_section_4_and_4_in_section_3() -> None:
    assert Counter(step["place"]["section"] for step in EU_STEPS) == {"4": 27, "3": 4}
    assert Counter(step["sector"] for step in EU_STEPS) == {
        "diplomatic": 1, "political-diplomatic": 11, "mobility": 6, "sports-and-personal": 2, "sectoral": 3, "air": 4,
        "section-3": 4,
    }  # fmt: skip
    assert {step["sector"] for step in EU_STEPS} == {sector["id"] for sector in CATALOGUE["eu_steps"]["sectors"]}


def test_eu_steps_with_a_tier() -> None:
    assert {step["id"]: step["tier"] for step in EU_STEPS if "tier" in step} == {
        "belavia-and-airspace-suspension": 1,
        "erasmus-and-horizon": 2,
        "world-bank-relations": 3,
        "bologna-return": 3,
        "digital-cargo-project": 3,
    }


def test_eu_steps_point_at_what_there_is() -> None:
    for step in EU_STEPS:
        assert set(step.get("alternatives", ())) <= set(BY_ID)
        assert all(BY_ID[name]["tier"] == step["tier"] for name in step.get("alternatives", ()))
    pointed = [name for step in EU_STEPS for name in step.get("untiered", ())]
    assert pointed == [item["id"] for item in MEASURES["untiered"]]


def test_outer_gates() -> None:
    found = {g["id"]: (g["tiers"], g["logic"], [i["id"] for i in g["indicators"]]) for g in CATALOGUE["outer_gates"]}
    distance = ["democratization", "distance-from-russia"]
    assert found == {
        "domestic": ([4, 5], "and", ["amnesty-law", "rehabilitation"]),
        "external": ([4, 5], "or", ["settlement", "disengaged"]),
        "tier-4-section-3": ([4], "and", distance),
        "tier-5-section-3": (
            [5], "and", ["war-over", "distance-from-russia-5", "democratization-5", "good-neighbour"],
        ),
    }  # fmt: skip


# -- ids, labels, figures, notes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", LISTS)
def test_ids_are_unique(what: str) -> None:
    ids = [entry["id"] for entry in LISTS[what]]
    assert len(ids) == len(set(ids))


def test_measures_entities_and_steps_share_no_id() -> None:
    ids = [entry["id"] for what in list(LISTS)[:5] for entry in LISTS[what]]
    assert len(ids) == len(set(ids))


def test_no_id_is_an_article_reference() -> None:
    references = {a["article"][key].lower() for a in ALTERNATIVES for key in ("as_printed", "corrected")}
    ids = {entry["id"].lower() for entries in LISTS.values() for entry in entries}
    assert not ids & {reference.replace(" ", "-") for reference in references}


@pytest.mark.parametrize("what", [what for what in LISTS if what not in ("figures", "notes")])
def test_labels_fit_an_axis(what: str) -> None:
    assert not {entry["label"] for entry in LISTS[what] if not 0 < len(entry["label"]) <= 42}


def test_figures_say_what_of_what_and_where() -> None:
    for figure in CATALOGUE["figures"]:
        assert set(figure) == {"id", "what", "value", "unit", "place"}
        assert isinstance(figure["value"], int | str)
        assert all(figure[key] for key in ("what", "value", "unit", "place"))


def test_deaths_are_as_printed_and_do_not_add_up() -> None:
    deaths = {f["id"]: f["value"] for f in CATALOGUE["figures"] if f["id"].startswith("deaths-")}
    parts = sum(deaths[f"deaths-{country}"] for country in ("lithuania", "latvia", "poland", "belarus"))
    assert (deaths["deaths-total"], parts) == (165, 184)
    assert deaths["deaths-belarus-confirmed"] + deaths["deaths-belarus-testimony"] == deaths["deaths-belarus"]


NAMED_INCONSISTENCIES = """
    criterion-7-reading lower-tier-wording composite-zero split-of-4-and-5 split-of-1-to-3 scores-not-printed
    criterion-6-sign tier-5-effects suspension-or-lifting exit-threshold snapback-resumes two-triggers all-or-part
    no-circumvention-trigger outer-gates-differ outer-gates-join bundled-bullets entry-bans-without-tier
    visa-ban-without-article exemption-wording exemptions-differ company-list-overlap package-5 election-commission
    freeze-reference article-1b-repeats messaging-carve-out air-measures-twice belavia-flights-period article-1l
    article-1o article-1zb article-1g-twice passport-decree-date deaths-do-not-add cluster-labels-missing
    deportation-cluster tier-used-twice footnote-11-anchor article-361-3 court-data-no-step row-alignment-lost
""".split()


def test_notes_name_the_inconsistencies() -> None:
    assert set(NAMED_INCONSISTENCIES) <= {note["id"] for note in CATALOGUE["notes"]}


def test_notes_say_where_what_and_how_it_was_handled() -> None:
    for note in CATALOGUE["notes"]:
        assert set(note) == {"id", "place", "what", "how_handled"}
        assert all(note.values())


# -- two encodings -----------------------------------------------------------------------------------------------------


def test_the_comparison_is_settled_and_its_page_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert encodings.main(["--check"]) == 0, capsys.readouterr().err


def test_a_disagreement_without_a_resolution_is_told() -> None:
    e = encodings.read_all()
    items, (resolutions, _) = encodings.compare(e), encodings.read_resolutions()
    assert not encodings.problems(items, resolutions, e)
    for at, left_out in enumerate(resolutions):
        told = encodings.problems(items, resolutions[:at] + resolutions[at + 1 :], e)
        assert len(told) == 1, left_out
        assert left_out.item in told[0]


def test_a_change_of_either_encoding_is_told() -> None:
    e = encodings.read_all()
    items, (resolutions, _) = encodings.compare(e), encodings.read_resolutions()
    at = next(n for n, item in enumerate(items) if item.field == "measure: tier")
    other = Item(items[at].field, items[at].item, "5", items[at].second)
    told = encodings.problems([*items[:at], other, *items[at + 1 :]], resolutions, e)
    assert told == [f"no resolution: measure: tier, {other.item} (first: 5; second: 1)"]


def pairs(*cells: tuple[str, str, int]) -> list[Item]:
    return [Item("f", "i", a, b) for a, b, n in cells for _ in range(n)]


def test_kappa_of_a_worked_table() -> None:
    """Two raters, 50 proposals: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no; .7 observed, .5 by chance."""
    table = pairs(("yes", "yes", 20), ("yes", "no", 5), ("no", "yes", 10), ("no", "no", 15))
    assert encodings.kappa(table) == pytest.approx(0.4)


def test_kappa_at_its_ends() -> None:
    assert encodings.kappa(pairs(("a", "a", 3), ("b", "b", 2))) == pytest.approx(1)
    assert encodings.kappa(pairs(("a", "b", 2), ("b", "a", 2))) == pytest.approx(-1)
    assert encodings.kappa(pairs(("a", "a", 3))) is None


@pytest.mark.parametrize(
    ("value", "text", "same"),
    [
        ("165", "deaths: at least 165", True),
        ("5", "duration: past five years", True),
        ("100000", "cap: EUR 100,000", True),
        ("2020-2024", "liquidated: between 2020 and 2024", True),
        ("361-1, 361-2, 361-4, 361-5", "listed (counted): 4", True),
        ("16", "deaths: at least 165", False),
        ("8", "listed: 4.8", False),
        ("361-1, 361-2", "listed (counted): 4", False),
    ],
)
def test_values_are_told_apart(value: str, text: str, same: bool) -> None:
    assert encodings.says(value, text) is same
