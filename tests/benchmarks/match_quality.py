"""How well fields are matched, on 240 rows labelled blind, beside three baselines on the same rows. Run by hand:

    .venv/bin/python -m tests.benchmarks.match_quality

Every method answers with labels (LABELLING.md of the shared catalogs). The lexicon's types come down to labels; the
baselines look for the names and words of each type (the vocabulary's names, the label, the definition), which is what a
company would have without a lexicon. A baseline's threshold, and whether it reads the dataset's name, are the best on
these very rows: that flatters it.
"""

import hashlib
import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence

from rapidfuzz.fuzz import token_set_ratio

from kb.vocabulary import load_data_types
from mappings.catalog.lexicon import PATH
from mappings.catalog.match import Suggestion, suggest_types
from mappings.catalog.terms import raw_words
from tests.benchmarks.catalogs import blind_labels, draw_slice, print_table, real_datasets, type_labels

SURE = 0.8
GROUPS = {
    "imagery": {"exterior video/image", "in-cabin audio/video", "face or plate"},
    "location": {"precise location/trajectory"},
    "identity": {"driver identity/personal info", "biometric"},
    "keys and SIM identity": {"V2X/IoV platform operation"},
}
Answer = list[tuple[str, float]]  # labels, the best first, with a score


def by_lexicon(rows: Sequence[dict[str, str]]) -> list[Answer]:
    """Each field judged inside its dataset, as an import would have it."""
    label = type_labels()
    wanted = {(row["dataset"], row["column"]) for row in rows}
    of: defaultdict[tuple[str, str], list[Suggestion]] = defaultdict(list)
    for dataset in real_datasets():
        if any(place[0] == dataset.id for place in wanted):
            for suggestion in suggest_types(dataset):
                of[suggestion.dataset, suggestion.field].append(suggestion)
    return [_best((label[s.data_type], s.confidence) for s in of[r["dataset"], r["column"]]) for r in rows]


def _best(found: object) -> Answer:
    scores: dict[str, float] = {}
    for label, score in found:  # type: ignore[attr-defined]
        scores[label] = max(score, scores.get(label, 0.0))
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))


def profiles() -> dict[str, list[str]]:
    """Label → phrases that the vocabulary has for it, in English and Chinese."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for id, label in type_labels().items():
        data_type = load_data_types()[id]
        names = [*data_type.names.exact, *data_type.names.broader, data_type.name_zh, data_type.name_en]
        found[label] += [*names, *re.split(r"[,;:]| and | or ", f"{data_type.definition},{label}")]
    return {label: [p.strip().lower() for p in phrases if len(p.strip()) > 1] for label, phrases in found.items()}


def texts_of(rows: Sequence[dict[str, str]], whole: bool) -> list[str]:
    """What a baseline reads of each row: name and description of the column, ``whole``: the dataset's name as well."""
    names = [f"{row['dataset']} {row['column']}" if whole else row["column"] for row in rows]
    said = [f"{row['description'].lower()} {row['description_zh']}" for row in rows]
    return [f"{' '.join(raw_words(name))} {text}" for name, text in zip(names, said, strict=True)]


def by_substring(texts: Sequence[str]) -> list[Answer]:
    known = profiles()
    return [_best((label, len(p)) for label, ps in known.items() for p in ps if p in text) for text in texts]


def by_token_set(texts: Sequence[str]) -> list[Answer]:
    known = profiles()
    return [_best((label, token_set_ratio(p, text)) for label, ps in known.items() for p in ps) for text in texts]


def by_bm25(texts: Sequence[str]) -> list[Answer]:
    """Okapi BM25 (k1 1.5, b 0.75): a type's phrases are the document, a field's words the query."""
    documents = {label: tokens(" ".join(phrases)) for label, phrases in profiles().items()}
    mean = sum(map(len, documents.values())) / len(documents)
    counts = {label: Counter(words) for label, words in documents.items()}
    holders = Counter(word for words in documents.values() for word in set(words))

    def score(label: str, query: list[str]) -> float:
        total, length = 0.0, len(documents[label])
        for word in query:
            tf = counts[label][word]
            idf = math.log(1 + (len(documents) - holders[word] + 0.5) / (holders[word] + 0.5))
            total += idf * tf * 2.5 / (tf + 1.5 * (0.25 + 0.75 * length / mean))
        return total

    return [_best((label, score(label, tokens(text))) for label in documents) for text in texts]


def tokens(text: str) -> list[str]:
    chinese = re.findall(r"[\u3400-\u9fff]+", text)
    return raw_words(text) + [run[i : i + 2] for run in chinese for i in range(len(run) - 1)]


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
    """The figure with its 95 % interval by 2,000 bootstrap samples of the rows."""
    draw, places = random.Random(1), range(len(want))
    figures = []
    for _ in range(2000):
        sample = draw.choices(places, k=len(want))
        figures.append(measure([got[i] for i in sample], [want[i] for i in sample]))
    figures.sort()
    return f"{measure(got, want):.2f} ({figures[50]:.2f}–{figures[1949]:.2f})"


def main() -> None:
    rows, want = draw_slice(), blind_labels()
    assert len(rows) == len(want)
    frozen = hashlib.sha256(PATH.read_bytes()).hexdigest()[:16]
    print(f"{len(rows)} rows, {sum(map(bool, want))} with a label; lexicon {frozen}\n")
    lexicon = by_lexicon(rows)
    table = [line("lexicon (ours)", cut(lexicon, 0, 2), want, lexicon)]
    baselines: list[tuple[str, Callable[[Sequence[str]], list[Answer]], list[float]]] = [
        ("BM25", by_bm25, [n / 2 for n in range(40)]),
        ("RapidFuzz token_set", by_token_set, list(range(50, 101, 5))),
        ("plain substring", by_substring, list(range(30))),
    ]
    for name, ask, grid in baselines:
        asked = [ask(texts_of(rows, whole)) for whole in (True, False)]
        tried = [(answers, least) for answers in asked for least in grid]
        answers, least = max(tried, key=lambda one: f1(cut(*one, 1), want))
        table.append(line(f"{name} (≥ {least})", cut(answers, least, 1), want, answers))
    print_table(["method", "micro-F1", "F1 with none as a label", "precision", "recall", "top-3 recall"], table)
    sure = cut(lexicon, SURE, 2)
    print(f"\nprecision from confidence {SURE}: {interval(precision, sure, want)}, {sum(map(len, sure))} suggestions")
    print_table(["confidence", "suggestions", "right"], list(calibration(lexicon, want)))
    print()
    print_table(["group", "rows", "recall"], [
        [name, sum(bool(w & labels) for w in want),
         interval(recall, [g & labels for g in cut(lexicon, 0, 2)], [w & labels for w in want])]
        for name, labels in GROUPS.items()
    ])  # fmt: skip
    print()
    for row, got, labels in zip(rows, cut(lexicon, 0, 2), want, strict=True):
        if got != labels:
            print(f"{row['dataset']}.{row['column']}: {sorted(got) or 'none'}, labelled {sorted(labels) or 'none'}")


def calibration(answers: Sequence[Answer], want: Sequence[set[str]]) -> Iterator[list[object]]:
    """What a confidence has meant on these rows."""
    said = [(score, label in labels) for answer, labels in zip(answers, want, strict=True) for label, score in answer]
    for low, high in ((0.5, 0.65), (0.65, 0.8), (0.8, 0.9), (0.9, 1.0)):
        right = [hit for score, hit in said if low <= score < high]
        yield [f"{low}–{high}", len(right), f"{sum(right) / max(1, len(right)):.2f}"]


def line(name: str, got: Sequence[set[str]], want: Sequence[set[str]], answers: Sequence[Answer]) -> list[str]:
    top = [{label for label, _ in answer[:3]} for answer in answers]
    figures = [interval(measure, got, want) for measure in (f1, f1_with_none, precision, recall)]
    return [name, *figures, interval(recall, top, want)]


if __name__ == "__main__":
    main()
