"""Query sets: the measures against trec_eval's and hand-computed ones, and tables that cannot be read."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from conftest import make_space, make_texts

import embeddings_core as ec
from embeddings_core.errors import InputError, ParameterError
from embeddings_core.search.retrieval import query_lines
from embeddings_core.store import Store

TEXTS = ["red apple", "green apple", "late train", "red train", "my dog"]
DATA = make_texts(TEXTS, code=["a", "b", "c", "c", "d"])


def text_space(tmp_path_factory: pytest.TempPathFactory) -> ec.Space:
    return ec.encode(DATA, "random", store=Store(tmp_path_factory.mktemp("home")))


space = pytest.fixture(scope="module")(text_space)


def test_measures_are_those_of_trec_eval(monkeypatch: pytest.MonkeyPatch) -> None:
    """The numbers are pytrec_eval-terrier 0.5.11's for this run: recall.5, recip_rank and ndcg_cut.10."""
    rng = np.random.default_rng(7)
    vectors = rng.integers(-3, 4, size=(40, 6)).astype(np.float32)
    queries = rng.integers(-3, 4, size=(6, 6)).astype(np.float32)
    answers = [
        {int(i): int(g) for i, g in zip(rng.choice(40, size=4, replace=False), rng.integers(1, 4, size=4), strict=True)}
        for _ in range(6)
    ]
    made = make_space(vectors)
    monkeypatch.setattr(import_module("embeddings_core.search.retrieval"), "_encoded", lambda *given: (made, queries))
    found = ec.judge(made, ec.QuerySet(tuple("abcdef"), tuple(answers)), 5, metric="manhattan")
    np.testing.assert_allclose(found.recalls, [0.25, 0, 0.25, 0, 0, 0.25])
    np.testing.assert_allclose(found.reciprocals, [0.2, 0.142857, 1, 0.076923, 0.083333, 0.333333], atol=1e-6)
    np.testing.assert_allclose(found.gains, [0.265243, 0.159013, 0.515157, 0, 0, 0.237212], atol=1e-6)
    assert found.places.tolist() == [5, 7, 1, 13, 12, 3]
    assert found.found.shape == (6, 5)


def test_measures_worked_out_by_hand(space: ec.Space) -> None:
    # by words "red train" finds 3, then 2 and 0 in some order; "apple" finds 0 and 1; "zebra" finds nothing
    asked = ec.QuerySet(("red train", "apple", "zebra"), ({3: 2, 4: 1}, {1: 1}, {0: 1}))
    found = ec.judge(space, asked, 2, "keyword")
    assert found.places.tolist() == [1, 2, 0]
    assert found.recalls.tolist() == [0.5, 1, 0]
    assert found.reciprocals.tolist() == [1, 0.5, 0]
    np.testing.assert_allclose(found.gains, [2 / (2 + 1 / np.log2(3)), 1 / np.log2(3), 0])
    assert found.recall.value == pytest.approx(0.5)
    assert found.mrr.value == pytest.approx(0.5)
    assert found.ndcg.value == pytest.approx(found.gains.mean())
    assert found.found[1].tolist() == [0, 1]
    assert found.found[2].tolist() == [-1, -1]


@pytest.mark.parametrize("mode", sorted(ec.MODES))
def test_what_is_judged_is_what_search_finds(space: ec.Space, mode: ec.Mode) -> None:
    asked = ec.QuerySet(("red train", "apple dog"), ({3: 1}, {4: 1}))
    where = np.array([True, False, True, True, True])
    found = ec.judge(space, asked, 4, mode, where)
    for query, items in zip(asked.queries, found.found, strict=True):
        assert items[items >= 0].tolist() == ec.search(space, query, 4, mode, where).indices[0].tolist()


def test_an_interval_is_seeded_holds_the_mean_and_narrows_with_more_queries(space: ec.Space) -> None:
    few = ec.QuerySet(("red", "apple", "late", "dog"), ({1: 1}, {0: 1}, {2: 1}, {0: 1}))
    first, again, other = (ec.judge(space, few, 1, "keyword", seed=seed) for seed in (0, 0, 1))
    assert first.mrr == again.mrr
    assert 0 <= first.mrr.low < first.mrr.value < first.mrr.high <= 1
    assert (other.mrr.low, other.mrr.high) == pytest.approx((first.mrr.low, first.mrr.high), abs=0.1)
    many = ec.judge(space, ec.QuerySet(few.queries * 25, few.answers * 25), 1, "keyword")
    assert many.mrr.high - many.mrr.low == pytest.approx((first.mrr.high - first.mrr.low) / 5, rel=0.25)


def test_a_mean_of_many_is_covered_as_often_as_the_interval_says() -> None:
    from embeddings_core.search.retrieval import RESAMPLES, _mean

    rng, held = np.random.default_rng(0), 0
    for _ in range(200):
        mean = _mean(rng.random(50), rng.integers(50, size=(RESAMPLES, 50)))
        held += mean.low <= 0.5 <= mean.high
    assert 180 <= held <= 198  # 95%, a little less for few values


def test_one_query_has_no_interval(space: ec.Space) -> None:
    found = ec.judge(space, ec.QuerySet(("apple",), ({0: 1},)))
    assert np.isnan([found.recall.low, found.recall.high]).all()
    assert found.recall.value == 1


def frame(**columns: list[object]) -> pd.DataFrame:
    return pd.DataFrame(columns)


@pytest.mark.parametrize(
    ("table", "id", "answers", "named"),
    [
        (frame(query=["fruit", "travel"], answer=["red  apple", "late train"]), None, ({0: 1}, {2: 1}), "text"),
        (frame(query=["fruit", "travel", "fruit"], answer=["0", 2, 1.0]), None, ({0: 1, 1: 1}, {2: 1}), "number"),
        (frame(query=["travel"], answer=["c"]), "code", ({2: 1, 3: 1},), "'code'"),
        (frame(query=["travel", "dog"], answer=["c", "d"]), None, ({2: 1, 3: 1}, {4: 1}), "'code'"),
        (frame(query=["x", "x", "y"], answer=[0, 1, 4], grade=[0, 2, "3"]), None, ({1: 2}, {4: 3}), "number"),
        (frame(query=["x", "x"], answer=[0, 0], grade=[1, 3]), None, ({0: 3},), "number"),
    ],
)
def test_a_table_of_queries_is_read(table: pd.DataFrame, id: str | None, answers: object, named: str) -> None:
    found = ec.query_set(DATA, table, id=id)
    assert found.answers == answers
    assert named in found.named
    assert found.queries == tuple(dict.fromkeys(table["query"]))


def test_columns_may_have_other_names() -> None:
    table = frame(Frage=["x"], Antwort=["my dog"], Note=[2])
    found = ec.query_set(DATA, table, query="Frage", answer="Antwort", grade="Note")
    assert found.answers == ({4: 2},)


@pytest.mark.parametrize(
    ("table", "id", "said"),
    [
        (frame(question=["x"], answer=[0]), None, "no column 'query'"),
        (frame(query=["x"], reply=[0]), None, "no column 'answer'"),
        (
            frame(query=["x", "y"], answer=["red apple", "blue apple"]),
            None,
            "'blue apple' as its text: the answer in row 2",
        ),
        (frame(query=["x", "y"], answer=[1, 5]), None, "'5' as its number, from 0: the answer in row 2"),
        (frame(query=["x"], answer=[-1]), None, "No item has '-1'"),
        (frame(query=["x", "y"], answer=[0, None]), None, "answer in row 2 is empty"),
        (frame(query=["x", "y", "z"], answer=["c", "u", "v"]), None, "'code': the answer in row 2, and 1 more"),
        (frame(query=["x"], answer=["e"]), "code", "value in column 'code'"),
        (frame(query=["x"], answer=["e"]), "no", "no column 'no'"),
        (frame(query=["x", None], answer=[0, 1]), None, "query in row 2 is empty"),
        (frame(query=["x", "y"], answer=[0, 1], grade=[1, "good"]), None, "grade in row 2 is 'good'"),
        (frame(query=["x", "y"], answer=[0, 1], grade=[1, 0]), None, "1 of 2 queries have no answer"),
        (frame(query=[], answer=[]), None, "0 queries"),
    ],
)
def test_a_table_that_cannot_be_read_is_told(table: pd.DataFrame, id: str | None, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        ec.query_set(DATA, table, id=id)
    assert caught.value.hint


def test_what_cannot_be_judged_is_told(space: ec.Space) -> None:
    asked = ec.QuerySet(("x",), ({5: 1},))
    with pytest.raises(InputError, match="Item 5 is an answer"):
        ec.judge(space, asked)
    with pytest.raises(InputError, match="1 queries and 0 answers"):
        ec.QuerySet(("x",), ())
    with pytest.raises(ParameterError, match="k is 0"):
        ec.judge(space, ec.QuerySet(("x",), ({0: 1},)), 0)
    with pytest.raises(ParameterError, match="no mode"):
        ec.judge(space, ec.QuerySet(("x",), ({0: 1},)), mode="magic")  # type: ignore[arg-type]


def test_pasted_lines_become_a_table() -> None:
    table = query_lines("Query\tAnswer\n\nlate train\tred train\n dog | my dog | 2 \na | b\tc\n")
    assert table.to_numpy().tolist() == [["late train", "red train", "1"], ["dog", "my dog", "2"], ["a | b", "c", "1"]]


@pytest.mark.parametrize("lines", ["late train", "a\tb\n\nc", "a\tb\t1\tmore", "", "query\tanswer"])
def test_lines_that_are_no_queries_are_told(lines: str) -> None:
    with pytest.raises(InputError, match=r"Line [13] is not|There is no query"):
        query_lines(lines)
