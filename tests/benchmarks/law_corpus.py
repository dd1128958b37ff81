"""Law-like provisions for measuring: the official texts of ../shared, and text of our own drawn from their characters.

Generated text follows the frequencies of three characters in a row in the official texts (or, where those are absent,
in the sample texts of the tests), so that common words are as common as in law. It means nothing and copies nothing.
"""

from __future__ import annotations

import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from law_texts import GUIDE, LAW, SHARED, provisions, shared_provisions  # noqa: E402

OFFICIAL = [
    "pipl_2021.md", "network_data_security_regulations_2024.md", "automotive_data_provisions_2021.txt",
    "cross_border_flow_provisions_2024.txt", "network_data_risk_assessment_draft_2025.md",
    "export_assessment_filing_guide_v3_2025.md", "auto_data_export_guide_2025_draft.extracted.md",
    "sh_ftz_negative_list_2024.md", "pair_certification/draft.txt", "pair_certification/final.txt",
]  # fmt: skip


def official() -> list[str]:
    """The words of every numbered unit of the official texts; of the sample texts where those are absent."""
    if (SHARED / "texts").is_dir():
        units = [unit for name in OFFICIAL for unit in shared_provisions(name)]
    else:
        units = [unit for text in (LAW, GUIDE) for unit in provisions(text)]
    return [unit.heading + unit.text for unit in units if len(unit.text) > 8]


def generated(seed: int, source: list[str]) -> Iterator[str]:
    """Provisions without end, 40 to 220 characters each."""
    rng = random.Random(seed)
    follows: dict[str, Counter[str]] = defaultdict(Counter)
    for text in source:
        for at in range(len(text) - 2):
            follows[text[at : at + 2]][text[at + 2]] += 1
    tables = {pair: (list(counts), list(counts.values())) for pair, counts in follows.items()}
    starts = [text[:2] for text in source if len(text) > 3]
    while True:
        words, length = rng.choice(starts), rng.randrange(40, 220)
        while len(words) < length:
            table = tables.get(words[-2:])
            words += rng.choices(*table)[0] if table else "。" + rng.choice(starts)
        yield words + "。"


def corpus(count: int, seed: int = 1) -> list[str]:
    """``count`` provisions: the official ones first, then generated ones."""
    real = official()
    made = generated(seed, real)
    return [*real, *(next(made) for _ in range(max(0, count - len(real))))][:count]
