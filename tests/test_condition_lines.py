"""kb/items/condition_lines.py: conditions as people read them, and what differs between two readings."""

from __future__ import annotations

from kb.items.condition_lines import changed_lines, condition_lines
from kb.items.conditions import condition_json, read_rule

RULE = (
    "符合以下任意一项条件的：1.涉及示例区域的；2.能够反映示例的变化，且累计时间在20日以上的；"
    "3.涉及在境内行驶的20万台以上车辆的。"
)


def test_each_leaf_is_a_line_under_its_any_or_all() -> None:
    lines = condition_lines(condition_json(read_rule(RULE)))
    assert lines[0] == "any of"
    assert "  vehicles >= 200,000, operating_in_china “涉及在境内行驶的20万台以上车辆的”" in lines
    assert any(line.strip().startswith("days >= 20, cumulative “") for line in lines)
    assert condition_lines(None) == []


def test_of_two_readings_the_lines_that_differ_are_marked() -> None:
    old, new = (condition_json(read_rule(RULE.replace("20万", number))) for number in ("20万", "30万"))
    marked = [line for line in changed_lines(old, new) if not line.startswith(" ")]
    assert marked == [
        "-   vehicles >= 200,000, operating_in_china “涉及在境内行驶的20万台以上车辆的”",
        "+   vehicles >= 300,000, operating_in_china “涉及在境内行驶的30万台以上车辆的”",
    ]
    assert changed_lines(old, old)[0] == "  any of"
