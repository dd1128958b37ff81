"""Alignment: content first, then place and number."""

from kb.comparing.alignment import Side, align


def sides(*texts: str, first: int = 1, kind: str = "article") -> list[Side]:
    return [Side(text, f"第{number}条", kind) for number, text in enumerate(texts, first)]


def pairs(old: list[Side], new: list[Side]) -> list[tuple[int, int]]:
    return [(pair.old, pair.new) for pair in align(old, new)]


A = "示例处理者应当建立示例数据安全管理制度,并定期开展培训。"
B = "示例部门收到材料后应当进行审核,材料齐全的予以备案并公示。"
C = "任何组织和个人发现违法行为的,可以向示例部门投诉、举报。"


def test_equal_words_pair_wherever_they_stand() -> None:
    assert pairs(sides(A, B, C), sides(C, A, B)) == [(2, 0), (0, 1), (1, 2)]


def test_of_several_equal_ones_those_of_the_same_number_pair() -> None:
    old, new = sides("同样。", A, "同样。"), sides("新增的内容在此。", "另一新增的条文。", "同样。")
    assert (2, 2) in pairs(old, new)


def test_reworded_provisions_pair_with_what_they_became() -> None:
    new = sides(B.replace("公示", "公布"), "完全无关的菜谱:鸡蛋两个,盐少许。", A.replace("定期", "每年"))
    assert pairs(sides(A, B), new) == [(1, 0), (0, 2)]


def test_what_has_nothing_in_common_does_not_pair() -> None:
    assert pairs(sides(A, B), sides("鸡蛋打散加盐。", "热锅冷油翻炒。")) == []


def test_a_heavily_cut_provision_pairs_in_its_place() -> None:
    long = (
        B
        + "审核不合格的,责令限期改正,拒不改正的,撤销备案,并依法追究责任,情节严重的,予以公布。"
        + "另行规定的除外。" * 3
    )
    assert (1, 1) in pairs(sides(A, long, C), sides(A, B[:20] + "。", C))


def test_kinds_do_not_mix() -> None:
    assert pairs(sides(A), sides(A, kind="note")) == []


def test_long_units_that_differ_by_a_character_are_not_equal() -> None:
    long = "".join(chr(0x4E00 + n % 5000) for n in range(9000))
    (pair,) = align(sides(long), sides(long[:4500] + "改" + long[4501:]))
    assert not pair.equal
    assert pair.similarity < 1.0
