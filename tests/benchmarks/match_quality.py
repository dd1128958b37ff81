"""How well fields are matched, beside baselines on the same rows. Run by hand:

    .venv/bin/python -m tests.benchmarks.match_quality [dev|blind|second|third|fourth|fifth|sixth] [--errors]

``dev``: the 67 rows of labelled_dev.csv by leave-one-source-out: what is fitted (a baseline's threshold, and whether it
reads the dataset's name) is fitted on the other sources. The lexicon's author has seen these rows. ``blind``: 240 rows
labelled before anything was measured. ``second``: 500 rows drawn and labelled after the lexicon was first frozen;
measured once, development data since. ``third``: 400 rows after it was frozen again; the same. ``fourth``: 600 rows of
catalogs that it had never met, after it was frozen a third time; measured once. ``fifth``: 400 rows of others, after it
was frozen a fourth time, by one labeller; measured once, development data since. ``sixth``: 437 rows of 29 others,
drawn by rule, labelled in two passes by one hand who had not seen the lexicon; measured once. On all but the first a
baseline's threshold is the best on these very rows, which flatters it.

Every method answers with labels (LABELLING.md of the shared catalogs); data types come down to labels.
"""

import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import version
from typing import Any

from mappings.catalog.calibration import fit_calibration
from mappings.catalog.candidates import rank_types
from mappings.catalog.dataset import Dataset
from mappings.catalog.lexicon import fingerprint
from mappings.catalog.match import suggest_types
from tests.benchmarks.catalogs import (
    FOURTH,
    SECOND,
    SIXTH,
    THIRD,
    Row,
    blind_rows,
    both_labellers,
    dev_rows,
    fifth_rows,
    first_sight,
    fourth_rows,
    print_table,
    second_rows,
    sixth_rows,
    third_rows,
    type_labels,
)
from tests.benchmarks.match_baselines import BASELINES, Answer, best, texts_of

SURE = 0.8
GROUPS = {
    "imagery": {"exterior video/image", "in-cabin audio/video", "face or plate"},
    "location": {"precise location/trajectory"},
    "identity": {"driver identity/personal info", "biometric"},
    "keys and SIM identity": {"V2X/IoV platform operation"},
}
SETS = {
    "dev": dev_rows,
    "blind": blind_rows,
    "second": second_rows,
    "third": third_rows,
    "fourth": fourth_rows,
    "fifth": fifth_rows,
    "sixth": sixth_rows,
}
NEWEST = "sixth"
LABELLED_TWICE = {
    "second": (SECOND, "two labellers"),
    "third": (THIRD, "two labellers"),
    "fourth": (FOURTH, "two labellers"),
    "sixth": (SIXTH, "two passes of one labeller"),
}
APART = {"keys-certificates": "keys and certificates"}  # where keys have a label of their own


def by_lexicon(rows: Sequence[Row], apart: bool = False) -> tuple[list[Answer], list[list[str]]]:
    """Each field judged inside its dataset, as an import would have it: what is suggested, and the three candidates."""
    label = type_labels() | (APART if apart else {})
    suggested: dict[tuple[str, str], list[tuple[str, float]]] = defaultdict(list)
    ranked: dict[tuple[str, str], list[str]] = defaultdict(list)
    datasets: dict[str, Dataset] = {row.within.id: row.within for row in rows}
    for dataset in datasets.values():
        for suggestion in suggest_types(dataset):
            suggested[dataset.id, suggestion.field].append((label[suggestion.data_type], suggestion.confidence))
        for candidate in rank_types(dataset, most=6):
            found = ranked[dataset.id, candidate.field]
            if label[candidate.data_type] not in found and len(found) < 3:
                found.append(label[candidate.data_type])
    places = [(row.within.id, row.column) for row in rows]
    return [best(suggested[place]) for place in places], [ranked[place] for place in places]


def cut(answers: Sequence[Answer], least: float, most: int) -> list[set[str]]:
    return [{label for label, score in answer[:most] if score >= least} for answer in answers]


def f1(got: Sequence[set[str]], want: Sequence[set[str]]) -> float:
    hits = sum(len(g & w) for g, w in zip(got, want, strict=True))
    return 2 * hits / max(1, sum(map(len, got)) + sum(map(len, want)))


def f1_with_none(got: Sequence[set[str]], want: Sequence[set[str]]) -> float:
    """The same with none as a label of its own, as the labelled catalogs have it."""
    return f1([g or {"none"} for g in got], [w or {"none"} for w in want])


def precision(got: Sequence[set[str]], want: Sequence[set[str]]) -> float:
    return sum(len(g & w) for g, w in zip(got, want, strict=True)) / max(1, sum(map(len, got)))


def recall(got: Sequence[set[str]], want: Sequence[set[str]]) -> float:
    return sum(len(g & w) for g, w in zip(got, want, strict=True)) / max(1, sum(map(len, want)))


Measure = Callable[[Sequence[set[str]], Sequence[set[str]]], float]


def interval(measure: Measure, got: Sequence[set[str]], want: Sequence[set[str]]) -> str:
    figure, low, high = bounds(measure, got, want)
    return f"{figure:.2f} ({low:.2f}–{high:.2f})"


def bounds(measure: Measure, got: Sequence[set[str]], want: Sequence[set[str]]) -> tuple[float, float, float]:
    """The figure with its 95 % interval by 2,000 bootstrap samples of the rows."""
    draw, places = random.Random(1), range(len(want))
    figures = []
    for _ in range(2000):
        sample = draw.choices(places, k=len(want))
        figures.append(measure([got[i] for i in sample], [want[i] for i in sample]))
    figures.sort()
    return measure(got, want), figures[50], figures[1949]


def baselines(
    rows: Sequence[Row], want: Sequence[set[str]], *, by_source: bool
) -> Iterator[tuple[str, list[Answer], list[set[str]]]]:
    """Name, answers and what is kept of them, with the threshold that is best on these rows or on other sources."""
    for name, ask, grid in BASELINES:
        asked = [ask(texts_of(rows, whole)) for whole in (True, False)]
        tried = [(answers, cut(answers, least, 1)) for answers in asked for least in grid]
        if not by_source:
            answers, kept = max(tried, key=lambda one: f1(one[1], want))
            yield name, answers, kept
            continue
        chosen: list[tuple[list[Answer], list[set[str]]]] = []
        for row in rows:
            others = [place for place, other in enumerate(rows) if other.source != row.source]
            chosen.append(max(tried, key=lambda one: f1([one[1][o] for o in others], [want[o] for o in others])))
        yield name, [one[0][i] for i, one in enumerate(chosen)], [one[1][i] for i, one in enumerate(chosen)]


def main(name: str = NEWEST, errors: bool = False) -> None:
    rows = SETS[name]()
    want = [row.labels for row in rows]
    frozen = fingerprint()[:16]
    print(f"{name}: {len(rows)} rows, {sum(map(bool, want))} with a label; lexicon {frozen}")
    if name in LABELLED_TWICE:
        path, by = LABELLED_TWICE[name]
        print(f"{by}: {agreement(both_labellers(path))}")
    print()
    lexicon, ranked = by_lexicon(rows)
    kept = cut(lexicon, 0, 2)
    table = [line("lexicon (ours)", kept, want, [set(labels) for labels in ranked])]
    for method, answers, chosen in baselines(rows, want, by_source=name == "dev"):
        table.append(line(method, chosen, want, [{label for label, _ in answer[:3]} for answer in answers]))
    print_table(["method", "micro-F1", "F1 with none as a label", "precision", "recall", "top-3 recall"], table)
    suggested = [{label for label, _ in answer[:3]} for answer in lexicon]
    print(f"\ntop-3 recall of what is suggested alone: {interval(recall, suggested, want)}")
    for least in (SURE, 0.9):
        sure = cut(lexicon, least, 2)
        print(
            f"precision from confidence {least}: {interval(precision, sure, want)}, {sum(map(len, sure))} suggestions"
        )
    print_table(["confidence", "suggestions", "said", "right"], list(reliability(lexicon, want)))
    print()
    print_table(["group", "labels", "recall"], [
        [group, sum(len(w & labels) for w in want),
         interval(recall, [g & labels for g in kept], [w & labels for w in want])]
        for group, labels in GROUPS.items()
    ])  # fmt: skip
    print()
    own = cut(by_lexicon(rows, apart=True)[0], 0, 2)
    print_table(["label", "rows", "suggested", "right", "precision", "recall"],
                by_label(own, [row.apart for row in rows]))  # fmt: skip
    print()
    print_table(["drawn from", "rows", "labels", "suggested", "right"], by_source(rows, kept))
    print()
    print_table(
        ["fitted without the source", "suggestions", "mean squared error", "of a constant", f"from {SURE} up"],
        [held_out()],
    )
    for row, got, labels in zip(rows, kept, want, strict=True) if errors else ():
        if got != labels:
            print(f"{row.dataset}.{row.column}: {sorted(got) or 'none'}, labelled {sorted(labels) or 'none'}")


def measure(name: str, say: Callable[[str], None]) -> dict[str, Any]:
    """Ours and every baseline on one set of rows, as numbers: figure, low, high."""
    rows = SETS[name]()
    want = [row.labels for row in rows]
    lexicon, ranked = by_lexicon(rows)
    answers = [("Regwatch", cut(lexicon, 0, 2), [set(labels) for labels in ranked])]
    for method, found, kept in baselines(rows, want, by_source=name == "dev"):
        answers.append((method, kept, [{label for label, _ in answer[:3]} for answer in found]))
        say(f"matching: {method}")
    figures = {"f1": f1, "precision": precision, "recall": recall}
    packages = {"RapidFuzz, token_set": "rapidfuzz", "scikit-learn, TF-IDF": "scikit-learn"}
    told = [
        {"name": method, "version": version(packages[method]) if method in packages else "",
         **{key: [round(n, 4) for n in bounds(one, kept, want)] for key, one in figures.items()},
         "top3": [round(n, 4) for n in bounds(recall, top, want)]}
        for method, kept, top in answers
    ]  # fmt: skip
    lexicon_id = fingerprint()[:16]
    return {"set": name, "fields": len(rows), "labelled": sum(map(bool, want)), "lexicon": lexicon_id, "rows": told}


def agreement(said: Sequence[tuple[frozenset[str], frozenset[str]]]) -> str:
    """How often the same was said of a row twice, and Cohen's kappa over the sets of labels."""
    same, either = sum(a == b for a, b in said), [pair for pair in said if any(pair)]
    first, second = Counter(a for a, _ in said), Counter(b for _, b in said)
    chance = sum(first[labels] * second[labels] for labels in first) / len(said) ** 2
    kappa = (same / len(said) - chance) / (1 - chance)
    alike = sum(a == b for a, b in either)
    return f"{same} of {len(said)} alike, kappa {kappa:.2f}; {alike} of the {len(either)} either labelled"


def by_label(got: Sequence[set[str]], want: Sequence[set[str]]) -> list[list[object]]:
    """Of each label: rows that have it, suggestions of it, those that are right, precision and recall."""
    rows, said = (Counter(label for labels in side for label in labels) for side in (want, got))
    right = Counter(label for g, w in zip(got, want, strict=True) for label in g & w)
    return [
        [label, rows[label], said[label], right[label], _share(right[label], said[label]),
         _share(right[label], rows[label])]
        for label in sorted({*rows, *said}, key=lambda label: (-rows[label], label))
    ]  # fmt: skip


def by_source(rows: Sequence[Row], got: Sequence[set[str]]) -> list[list[object]]:
    """Of each source: its rows, their labels, what was suggested, and what of it was right."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row, labels in zip(rows, got, strict=True):
        counts[row.source].update(rows=1, labels=len(row.labels), said=len(labels), right=len(labels & row.labels))
    return [[source, c["rows"], c["labels"], c["said"], c["right"]] for source, c in sorted(counts.items())]


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "–"


def reliability(answers: Sequence[Answer], want: Sequence[set[str]]) -> Iterator[list[object]]:
    """What a confidence has meant on these rows."""
    said = [(score, label in labels) for answer, labels in zip(answers, want, strict=True) for label, score in answer]
    for low, high in ((0.0, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 1.0)):
        right = [(score, hit) for score, hit in said if low <= score < high]
        mean = sum(score for score, _ in right) / max(1, len(right))
        hits = sum(hit for _, hit in right) / max(1, len(right))
        yield [f"{low}–{high}", len(right), f"{mean:.2f}", f"{hits:.2f}"]


def held_out() -> list[object]:
    """The calibration tried on tables it was not fitted to: one schema or catalog left out at a time."""
    outcomes = first_sight()
    names = sorted({dataset.partition(".")[0] for dataset, _, _ in outcomes})
    squares, constant, sure = [], [], []
    for name in names:
        rest = [(score, right) for dataset, score, right in outcomes if dataset.partition(".")[0] != name]
        fitted, mean = fit_calibration(rest), sum(right for _, right in rest) / len(rest)
        for dataset, score, right in outcomes:
            if dataset.partition(".")[0] == name:
                said = fitted.confidence(score)
                squares.append((said - right) ** 2)
                sure += [(said, right)] if said >= SURE else []
                constant.append((mean - right) ** 2)
    return [
        "one schema or catalog at a time",
        len(squares),
        f"{sum(squares) / len(squares):.3f}",
        f"{sum(constant) / len(constant):.3f}",
        f"{len(sure)}: said {_mean(said for said, _ in sure):.2f}, right {_mean(right for _, right in sure):.2f}",
    ]


def _mean(figures: Iterable[float]) -> float:
    given = list(figures)
    return sum(given) / max(1, len(given))


def line(name: str, got: Sequence[set[str]], want: Sequence[set[str]], top: Sequence[set[str]]) -> list[str]:
    figures = [interval(measure, got, want) for measure in (f1, f1_with_none, precision, recall)]
    return [name, *figures, interval(recall, top, want)]


if __name__ == "__main__":
    main(*[word for word in sys.argv[1:] if word in SETS], errors="--errors" in sys.argv)
