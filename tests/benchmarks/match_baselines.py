"""What a company would have without a lexicon: plain substring, RapidFuzz token_set, BM25 and, where scikit-learn can
be imported, TF-IDF over names, definitions and labels of the vocabulary. Each answers with labels and a score, the best
first.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from importlib.util import find_spec

from rapidfuzz.fuzz import token_set_ratio

from kb.vocabulary import load_data_types
from mappings.catalog.terms import raw_words
from tests.benchmarks.catalogs import Row, type_labels

Answer = list[tuple[str, float]]


def best(found: Iterable[tuple[str, float]]) -> Answer:
    """Each label once, by its best score."""
    scores: dict[str, float] = {}
    for label, score in found:
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


def texts_of(rows: Sequence[Row], whole: bool) -> list[str]:
    """What a baseline reads of each row: name and description of the column, ``whole``: the dataset's name as well."""
    names = [f"{row.dataset} {row.column}" if whole else row.column for row in rows]
    said = [row.description.lower() for row in rows]
    return [f"{' '.join(raw_words(name))} {text}" for name, text in zip(names, said, strict=True)]


def by_substring(texts: Sequence[str]) -> list[Answer]:
    known = profiles()
    return [best((label, len(p)) for label, ps in known.items() for p in ps if p in text) for text in texts]


def by_token_set(texts: Sequence[str]) -> list[Answer]:
    known = profiles()
    return [best((label, token_set_ratio(p, text)) for label, ps in known.items() for p in ps) for text in texts]


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

    return [best((label, score(label, tokens(text))) for label in documents) for text in texts]


def by_tfidf(texts: Sequence[str]) -> list[Answer]:
    """scikit-learn's TF-IDF over runs of two to four characters within words, by cosine to a type's phrases."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    documents = {label: " ".join(phrases) for label, phrases in profiles().items()}
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)
    known = vectors.fit_transform(documents.values())
    scores = (vectors.transform(texts) @ known.T).toarray()
    return [best((label, float(score)) for label, score in zip(documents, row, strict=True)) for row in scores]


def tokens(text: str) -> list[str]:
    chinese = re.findall(r"[\u3400-\u9fff]+", text)
    return raw_words(text) + [run[i : i + 2] for run in chinese for i in range(len(run) - 1)]


# Name, how it is asked, the thresholds that are tried.
BASELINES: list[tuple[str, Callable[[Sequence[str]], list[Answer]], list[float]]] = [
    ("BM25", by_bm25, [n / 2 for n in range(40)]),
    ("RapidFuzz, token_set", by_token_set, list(range(50, 101, 5))),
    ("plain substring", by_substring, list(range(30))),
]
if find_spec("sklearn"):
    BASELINES.append(("scikit-learn, TF-IDF", by_tfidf, [n / 50 for n in range(30)]))
