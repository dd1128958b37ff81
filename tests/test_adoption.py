"""What the history under a law's title says, as laws, regulations and local rules print it."""

import pytest

from kb.lineage.adoption import Adoption, read_adoption

NPC = "届全国人民代表大会常务委员会第二十九次会议"


@pytest.mark.parametrize(("line", "expected"), [
    (f"（2021年6月10日第十三{NPC}通过）", Adoption("2021-06-10", ("npcsc",), False)),
    (f"（1992年12月28日第七{NPC}通过2002年8月29日第九{NPC}第一次修订2017年4月27日第十二{NPC}第二次修订）",
     Adoption("2017-04-27", ("npcsc",), True)),
    (f"（2016年11月7日第十二{NPC}通过根据2025年10月28日第十四{NPC}《关于修改〈示例法〉的决定》修正）",
     Adoption("2025-10-28", ("npcsc",), True)),
    ("（2012年10月22日中华人民共和国国务院令第626号公布根据2019年3月2日《国务院关于修改部分行政法规的决定》修订）",
     Adoption("2019-03-02", ("state-council",), True)),
    ("（2025年11月28日天津市第十八届人民代表大会常务委员会第二十次会议通过）",
     Adoption("2025-11-28", ("tianjin",), False)),
    ("（2023年2月22日国家互联网信息办公室令第13号公布自2023年6月1日起施行）", Adoption("2023-02-22", ("cac",), False)),
    ("（2025年6月13日）", None),
    ("（征求意见稿）", None),
])  # fmt: skip
def test_a_history_says_who_adopted_when_last_and_whether_it_was_amended(line: str, expected: Adoption | None) -> None:
    assert read_adoption(["示例法", line, "目录"]) == expected
