"""What stands in, before and beside a name: parents, modifiers, mentions in prose, siblings, the company it needs."""

import pytest

from mappings.catalog.dataset import Dataset, Field
from mappings.catalog.lexicon import load_lexicon
from mappings.catalog.match import Suggestion, suggest_types


def suggested(dataset: str, *fields: Field | str) -> dict[str, Suggestion]:
    """The first suggestion for each field that has one."""
    columns = tuple(Field(field) if isinstance(field, str) else field for field in fields)
    found: dict[str, Suggestion] = {}
    for one in suggest_types(Dataset(dataset, dataset, fields=columns)):
        found.setdefault(one.field, one)
    return found


def test_the_status_of_a_thing_says_less_of_it_than_its_value() -> None:
    found = suggested("api.vehicle", "engine.status", "throttle.value")
    status, value = found["engine.status"], found["throttle.value"]
    assert status.data_type == value.data_type == "driving-signal"
    assert status.rule == value.rule
    assert status.confidence < value.confidence
    assert status.reason == "column with what it belongs to says “engine status”"
    assert value.reason == "column says “throttle”"


def test_the_id_of_a_thing_is_not_the_thing_unless_a_phrase_says_so() -> None:
    assert suggested("api.owner", "email.id") == {}
    assert suggested("api.owner", "email.value")["email.value"].data_type == "personal-identity"
    assert suggested("api.session", "evse.id")["evse.id"].data_type == "charging-operation"


@pytest.mark.parametrize(("name", "plain"), [
    ("wheel_rear_left_speed", "wheel_speed"), ("WheelFrontRightSpeed", "wheelSpeed"),
    ("cell_max_voltage", "cell_voltage"),
])  # fmt: skip
def test_a_modifier_within_a_phrase_is_passed_over(name: str, plain: str) -> None:
    with_it, without = suggested("api.x", name)[name], suggested("api.x", plain)[plain]
    assert (with_it.rule, with_it.confidence) == (without.rule, without.confidence)


def test_another_word_within_a_phrase_parts_it() -> None:
    assert suggested("api.x", "wheel_heater_speed") == {}


def test_a_single_english_word_in_prose_is_a_mention_and_a_phrase_says_more() -> None:
    found = suggested(
        "t.x", "longitude", Field("a", description="Whether the longitude was set by hand"),
        Field("b", description="经度"), Field("c", description="Shows the licence plate of a car that passed"),
    )  # fmt: skip
    assert {one.data_type for field, one in found.items() if field != "c"} == {"location-trajectory"}
    assert found["a"].reason == "description says “longitude”"
    assert found["a"].confidence < 0.5 < found["c"].confidence < found["b"].confidence <= found["longitude"].confidence


def test_latitude_is_surer_beside_longitude_and_only_under_the_same_parent() -> None:
    found = suggested("t.x", "home.lat", "home.lon", "work.lat")
    assert found["home.lat"].reason.endswith("table of kind positioned")
    assert found["home.lat"].confidence > found["work.lat"].confidence
    assert "table" not in found["work.lat"].reason
    assert "table" not in suggested("t.x", "home.lat", "work.lon")["home.lat"].reason


def test_a_name_is_of_a_person_where_a_phone_or_a_birth_date_stands_beside_it() -> None:
    assert suggested("t.x", "name", "code") == {}
    assert suggested("t.x", "name", "phone")["name"].data_type == "personal-identity"
    assert suggested("t.x", Field("a", description="姓名"), Field("b", description="手机号"))["a"].reason.endswith(
        "table of kind persons"
    )
    assert "name" not in suggested("t.dealer", "name", "email")


def test_what_a_charging_session_holds_is_known_by_its_columns() -> None:
    said = suggested("t.x17", "pile_code", "kwh", "start_time", "phase")
    assert said["phase"].rule == "table/charged"
    assert "phase" not in suggested("t.x17", "pile_code", "kwh", "phase")
    assert suggested("t.x17", Field("a", description="桩编号"), Field("b", description="电量"),
                     Field("c", description="开始时间"), "phase")["phase"].rule == "table/charged"  # fmt: skip


@pytest.mark.parametrize(("alone", "among", "field", "data_type"), [
    ("t.x", "t.tbox", "device_id", "network-identifier"),
    ("t.x", "app.remote_vehicle", "command_name", "control-command"),
    ("t.x", "adas.camera", "annotation", "test-scenario"), ("t.x", "t.charger", "socket_type", "charging-operation"),
])  # fmt: skip
def test_a_word_of_many_senses_needs_company(alone: str, among: str, field: str, data_type: str) -> None:
    assert field not in suggested(alone, field)
    assert suggested(among, field)[field].data_type == data_type


def test_a_wide_table_gives_its_type_to_a_silent_column_only_where_its_columns_say_it() -> None:
    wide = [f"fact_{letter}" for letter in "abcdefgh"]
    assert suggested("ota.upgrade_task", "phase")["phase"].rule == "table/ota"
    assert "phase" not in suggested("ota.upgrade_task", "phase", *wide)
    told = suggested("ota.upgrade_task", "phase", *wide[:6], "package_url", "target_version")
    assert told["phase"].rule == "table/ota"


def test_the_schema_alone_gives_its_type_to_no_silent_column() -> None:
    assert suggested("ota.x17", "phase") == {}
    assert suggested("ota.x17", "phase", "package_url")["phase"].rule == "table/ota"


@pytest.mark.parametrize("type", ["array<string>", "List[str]", "UpdateTask", "object", "Phase[]"])
def test_a_structure_says_nothing_by_the_table_around_it(type: str) -> None:
    assert suggested("ota.upgrade_task", Field("phase", type=type)) == {}


@pytest.mark.parametrize("type", ["varchar(20)", "String", "DateTime64", "LowCardinality(String)", "int"])
def test_a_plain_type_is_no_structure(type: str) -> None:
    assert "compound" not in load_lexicon().forms_of(type, "", "phase")


def test_a_phrase_that_is_a_part_of_a_name_says_less_than_one_that_is_all_of_it() -> None:
    found = suggested("t.x", "yaw_rate", "max_yaw_rate", "yaw_rate_of_reference_model")
    assert found["yaw_rate"].confidence == found["max_yaw_rate"].confidence
    assert found["yaw_rate_of_reference_model"].confidence < found["yaw_rate"].confidence


def test_text_is_no_steering() -> None:
    fields = (Field("angle", type="str"), Field("angleStr", type="String"), Field("StrAngl"))
    assert set(suggested("t.x", *fields)) == {"StrAngl"}


def test_the_key_of_a_table_of_persons_is_not_yet_a_person() -> None:
    assert "id" not in suggested("t.driver", "id", "name", "phone")


def test_a_password_is_a_log_in_and_names_nobody() -> None:
    assert suggested("t.user", "password")["password"].data_type == "keys-certificates"


def test_a_flag_that_a_place_is_known_is_no_place() -> None:
    found = suggested("t.track", Field("is_location", type="smallint", description="是否定位"), "lat", "lon", "speed")
    assert set(found) == {"lat", "lon", "speed"}


def test_a_chinese_phrase_within_a_longer_one_says_nothing() -> None:
    found = suggested("t.x", Field("a", description="单体温度最高箱号"), Field("b", description="车牌号"))
    assert found["a"].data_type == "battery-state"
    assert "face-or-plate" in {found["b"].data_type, "personal-identity"}
    both = suggest_types(
        Dataset("t.x", "t.x", fields=(Field("a", description="单体温度"), Field("b", description="车牌号")))
    )
    assert not {one.data_type for one in both} & {"biometric", "rd-design"}


def test_a_chinese_comment_of_an_attribute_is_not_the_thing() -> None:
    found = suggested("t.x", Field("a", description="密钥"), Field("b", description="密钥类型"))
    assert set(found) == {"a"}
    assert suggested("t.x", Field("c", description="故障类型"))["c"].data_type == "vehicle-diagnostics"
