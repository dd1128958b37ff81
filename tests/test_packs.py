"""Rule packs: read strictly, cited exactly, quoted from the official texts, one key for every measure of the rules."""

import re
from pathlib import Path

import pytest
import yaml

from kb.errors import DeclarationError
from kb.items.measures import lexicon
from kb.law.works import known_from_declared
from kb.measure_keys import key_of, load_keys
from kb.model import Condition
from kb.normalise import fold
from kb.packs import DECLARED, Citation, Pack, law_of_day, leaves, load_packs

SHARED = Path(__file__).resolve().parents[2] / "shared"
TEXTS = {
    "cross-border-data-flow-provisions": "cross_border_flow_provisions_2024.txt",
    "automotive-data-provisions": "automotive_data_provisions_2021.txt",
    "network-data-security-regulations": "network_data_security_regulations_2024.md",
    "pipl": "pipl_2021.md",
    "ftz-negative-list-shanghai": "sh_ftz_negative_list_2024.md",
    "export-assessment-filing-guide": "export_assessment_filing_guide_v3_2025.md",
    "pi-export-certification-measures": "pair_certification/final.txt",
    "auto-data-export-guide": "auto_data_export_guide_2025_draft.extracted.md",
}


def citations(pack: Pack) -> list[Citation]:
    rules = [*pack.gates, *pack.exemptions, *pack.triggers, *pack.band, *pack.beside, *pack.items]
    rules += [rule for part in pack.sectors for rule in (*part.assessment, *part.contract)]
    rules += [*pack.changes, *pack.extension]
    cited = [cite for rule in rules for cite in (rule.citation, *rule.also)]
    cited += [status.citation for status in pack.statuses.values()]
    return [*cited, *(duty.citation for duty in pack.duties)]


def test_every_entry_has_a_source_a_certainty_and_a_declared_version() -> None:
    declared = {version.id for work in known_from_declared() for version in work.versions}
    for pack in load_packs():
        for cite in citations(pack):
            assert cite.source
            assert cite.provision
            assert cite.version in declared or cite.certainty == "unverified", cite


@pytest.mark.skipif(not SHARED.is_dir(), reason="the official texts are not here")
@pytest.mark.parametrize("pack", load_packs(), ids=lambda pack: pack.id)
def test_what_a_pack_quotes_stands_in_the_official_text(pack: Pack) -> None:
    conditions = [leaf.quote for rule in pack.items for leaf in leaves(rule.condition)]
    quoted = [(cite.version, cite.quote) for cite in citations(pack) if cite.certainty == "verbatim"]
    for version, quote in [*quoted, *((pack.version, quote) for quote in conditions)]:
        name = TEXTS.get(version.partition("@")[0])
        if name and quote and pack.read:
            text = bare((SHARED / "texts" / name).read_text("utf-8"))
            if pack.id == "auto-guide-draft-2025":  # its table layout was lost: the facts file has its words whole
                text += bare((SHARED / "facts" / "auto_guideline.md").read_text("utf-8"))
            assert bare(quote) in text, (version, quote)


def test_what_forces_a_new_filing_is_cited_for_every_kind_of_filing_on_its_days() -> None:
    def kinds(day: str) -> set[str | None]:
        return {pack.filing for pack in law_of_day(load_packs(), day) if pack.kind == "filing"}

    assert kinds("2025-12-31") == {"assessment", "contract"}
    assert kinds("2026-01-01") == {"assessment", "contract", "certification"}
    for pack in load_packs():
        if pack.kind == "filing":
            assert pack.changes
            assert all(rule.citation.known and rule.citation.quote for rule in (*pack.changes, *pack.extension))
            asked = {load_keys()[leaf.measure or ""].about for rule in pack.changes for leaf in leaves(rule.condition)}
            assert asked == {"filing"}


def bare(text: str) -> str:
    return re.sub(r"\s|\|", "", fold(text))


@pytest.mark.skipif(not SHARED.is_dir(), reason="the official texts are not here")
def test_an_article_of_the_2024_provisions_holds_what_is_cited_from_it() -> None:
    text = (SHARED / "texts" / TEXTS["cross-border-data-flow-provisions"]).read_text("utf-8")
    articles = dict(
        re.findall(r"^(第[一二三四五六七八九十]+条) ((?:.*\n?)(?:(?!第[一二三四五六七八九十]+条 ).*\n?)*)", text, re.M)
    )
    (national,) = (pack for pack in load_packs() if pack.id == "national")
    checked = 0
    for cite in citations(national):
        if cite.version == national.version:
            article = re.match(r"第[一二三四五六七八九十]+条", cite.provision)
            assert article
            assert cite.quote in articles[article[0]], cite
            checked += 1
    assert checked > 15


def test_a_draft_is_law_on_no_day_and_replaces_the_others_only_when_asked() -> None:
    packs = load_packs()
    draft = "auto-data-export-guide@draft-2025"
    for day in ("2024-01-01", "2025-09-01", "2026-11-22"):
        assert draft not in {pack.version for pack in law_of_day(packs, day)}
    asked = {pack.version for pack in law_of_day(packs, "2026-11-22", draft)}
    assert draft in asked
    assert "auto-data-export-guide@final-2026" not in asked


def test_a_list_ends_on_the_day_its_successor_is_published() -> None:
    def shanghai(day: str) -> list[str]:
        return [pack.id for pack in law_of_day(load_packs(), day) if pack.zone == "shanghai"]

    assert shanghai("2025-02-07") == []
    assert shanghai("2025-02-08") == ["ftz-shanghai-2024"]
    assert shanghai("2026-04-23") == ["ftz-shanghai-2024"]
    assert shanghai("2026-04-24") == ["ftz-shanghai-2025"]


def test_an_unread_text_brings_no_thresholds() -> None:
    for pack in load_packs():
        if not pack.read:
            assert [*pack.items, *pack.triggers, *pack.band, *pack.sectors] == []
            assert not any(rule.citation.known for rule in pack.exemptions)


def test_every_measure_that_the_rules_use_has_a_key_with_both_languages() -> None:
    asked = {"face_pixels", "plate_pixels", "persons", "sensitive_persons", "vehicles", "days", "kilometres", "hours",
             "pictures", "videos", "intersections", "months"}  # fmt: skip
    asked |= lexicon().qualitative.keys() & {"sensitive_area", "award", "national_programme", "driving_functions"}
    for measure in asked:
        assert key_of(Condition("", measure=measure), "route") or key_of(Condition("", measure=measure), "item")
    for key in load_keys().values():
        assert re.search(r"[\u4e00-\u9fff]", key.zh)
        assert key.en.endswith("?")


def test_the_number_of_an_item_is_not_that_of_a_route() -> None:
    persons = Condition("", measure="persons")
    assert key_of(persons, "route") == "persons"
    assert key_of(persons, "item") == "item_persons"
    combined = Condition("", measure="persons", qualifier="combined_with_other_exported_data")
    assert key_of(combined, "item") == "identifiable_persons"
    platform = Condition("", measure="vehicles", qualifier="of_a_platform")
    assert key_of(platform, "item") == "platform_vehicles"
    assert key_of(Condition("", measure="yuan"), "item") is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"triggers": [{"id": "t", "when": {"key": "no_such_key"}, "cite": {"provision": "第一条"}}]}, "no_such_key"),
        ({"triggers": [{"id": "t", "when": {"key": "days", "below": -1}, "cite": {"provision": "第一条"}}]}, "below"),
        ({"triggers": [{"id": "t", "when": {}, "cite": {"provision": "第一条"}}]}, "all, any, key"),
        ({"triggers": [{"id": "t", "when": {"key": "ciio"}, "cite": {}}]}, "provision"),
        ({"source": ""}, "source"),
        ({"colour": "red"}, "colour"),
        ({"items": [{"name": "示例", "rule": "R9", "types": [], "provision": "表"}]}, "R9"),
    ],
)  # fmt: skip
def test_a_wrong_pack_is_one_line(tmp_path: Path, change: dict[str, object], words: str) -> None:
    pack = {"id": "mine", "title": "示例", "kind": "national", "version": "a@b", "text": "read",
            "certainty": "verbatim", "source": "a test", **change}  # fmt: skip
    (tmp_path / "mine.yml").write_text(yaml.safe_dump(pack, allow_unicode=True), "utf-8")
    with pytest.raises(DeclarationError) as error:
        load_packs(tmp_path)
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_packs_are_named_by_their_file(tmp_path: Path) -> None:
    (tmp_path / "other.yml").write_text((DECLARED / "national.yml").read_text("utf-8"), "utf-8")
    with pytest.raises(DeclarationError, match="name of the file"):
        load_packs(tmp_path)
