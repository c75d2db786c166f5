"""Items and their own texts in one space: against the definition, and what is told where nothing can be compared."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from conftest import make_space, make_texts
from hypothesis import given
from hypothesis import strategies as st

import embeddings_core as ec
from embeddings_core.errors import Cancelled, InputError
from embeddings_core.space import Dataset, Space
from embeddings_core.store import Store
from embeddings_core.worklists import modality
from embeddings_core.worklists.modality import matched, text_columns


def drawn(n: int, t: int, seed: int, blank: bool) -> tuple[Space, Space, np.ndarray]:
    """Items and texts on a coarse grid, so that many are equally near, and who belongs to whom."""
    rng = np.random.default_rng(seed)
    items, texts = rng.integers(-2, 3, (n, 3)), rng.integers(-2, 3, (t, 3))
    items[0], texts[0] = (0, 0, 0) if blank else (1, 2, 0), (2, 1, 0)
    return make_space(items), make_space(texts), rng.integers(-1 if blank else 0, t, n)


def by_definition(space: Space, texts: Space, own: np.ndarray) -> tuple[list[int], list[int]]:
    """The place of each item's text, and of each item for its text, counted one by one."""
    ranks, back = [], []
    for item, mine in enumerate(own):
        if mine < 0 or not space.norms[item] or not texts.norms[mine]:
            ranks.append(0)
            back.append(0)
            continue
        cosine = float(space.unit[item] @ texts.unit[mine]) + 1e-6
        before = [t for t in range(len(texts)) if texts.norms[t] and space.unit[item] @ texts.unit[t] > cosine]
        others = [i for i in range(len(space)) if own[i] != mine and space.norms[i]]
        ranks.append(1 + len(before))
        back.append(1 + sum(space.unit[i] @ texts.unit[mine] > cosine for i in others))
    return ranks, back


@given(st.integers(1, 30), st.integers(1, 12), st.integers(0, 10_000), st.booleans(), st.integers(1, 200))
def test_places_are_counted_in_blocks_as_by_definition(n: int, t: int, seed: int, blank: bool, cells: int) -> None:
    space, texts, own = drawn(n, t, seed, blank)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(modality, "_CELLS", cells * 2**11)
        patch.setattr(modality, "_ROWS", 1 + cells % 5)
        found = matched(space, texts, own)
    ranks, back = by_definition(space, texts, own)
    assert found["ranks"].tolist() == ranks
    assert found["back"].tolist() == back
    judged = found["ranks"] > 0
    np.testing.assert_array_equal(np.isnan(found["cosines"]), ~judged)
    cosine = space.unit @ texts.unit.T
    np.testing.assert_allclose(found["cosines"][judged], cosine[judged, own[judged]], atol=1e-6)
    cosine[:, texts.norms == 0] = -2
    nearest = found["nearest"][judged]
    np.testing.assert_allclose(cosine[judged, nearest], cosine[judged].max(axis=1), atol=1e-6)
    assert (nearest[found["ranks"][judged] == 1] == own[judged & (found["ranks"] == 1)]).all()


def pictures(names: list[object], space: Space, encoder: str = "random") -> Space:
    """The vectors of `space` as those of pictures with these names; of the encoder nothing but what it reads counts."""
    table = pd.DataFrame({"file": [f"{i}.png" for i in range(len(names))], "size": range(len(names)), "name": names})
    items = make_texts([f"{i}" for i in range(len(names))]).items
    return Space(
        Dataset("pictures", "image", items, table), encoder, ec.get_encoder(encoder).fingerprint, space.vectors
    )


def of_texts(texts: list[str], store: Store) -> np.ndarray:
    return ec.encode(make_texts(texts), "random", store=store).vectors


def test_pictures_at_their_texts_find_each_other_and_shared_texts_are_right_for_each(store: Store) -> None:
    names = ["a red apple", "a late train", "a red apple", "a blue whale", None]
    vectors = of_texts([str(name) for name in names], store)
    found = ec.match_texts(pictures(names, make_space(vectors)), "name", store=store)
    assert set(found.texts) == {"a red apple", "a late train", "a blue whale"}
    assert found.ranks.tolist() == found.back.tolist() == [1, 1, 1, 1, 0]
    assert found.recall(1) == found.recall_back(1) == 1
    assert sorted(found.order.tolist()) == [0, 1, 2, 3]
    assert found.gap.across == pytest.approx((unit(vectors) @ unit(of_texts(list(found.texts), store)).T).mean())


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_the_worst_come_first_and_recall_counts_what_is_early_enough(store: Store) -> None:
    names = [f"text {i}" for i in range(8)]
    vectors = of_texts(names, store)
    swapped = vectors[[1, 0, 2, 3, 4, 5, 6, 7]]
    found = ec.match_texts(pictures(names, make_space(swapped)), "name", store=store)
    assert set(found.order[:2].tolist()) == {0, 1}
    assert (np.diff(found.ranks[found.order]) <= 0).all()
    assert found.recall(1) == found.recall_back(1) == 0.75
    assert found.recall(8) == found.recall_back(8) == 1
    assert [found.texts[found.nearest[item]] for item in (0, 1)] == ["text 1", "text 0"]


def test_it_is_computed_once_and_stops_when_it_is_told_to(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[object] = [f"text {i}" for i in range(30)]
    space = pictures(names, make_space(of_texts([str(name) for name in names], store)))

    def stop(done: int, total: int) -> None:
        if done > total / 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        ec.match_texts(space, "name", store=store, progress=stop)
    shares: list[float] = []
    first = ec.match_texts(space, "name", store=store, progress=lambda done, total: shares.append(done / total))
    assert shares == sorted(shares)
    assert shares[-1] <= 1
    monkeypatch.setattr(modality, "matched", None)
    again = ec.match_texts(space, "name", store=store)
    assert (again.ranks == first.ranks).all()
    assert again.recall(1) == first.recall(1)


def test_columns_with_more_words_come_first_and_numbers_are_none() -> None:
    space = pictures(["a red apple", "a late train", None], make_space(np.eye(3)))
    assert text_columns(space) == ["name", "file"]


def test_what_cannot_be_compared_says_what_to_do(store: Store) -> None:
    space = pictures(["a", "b"], make_space(np.eye(2)))
    with pytest.raises(InputError, match="'size' has no texts") as caught:
        ec.match_texts(space, "size", store=store)
    assert "name" in caught.value.hint
    with pytest.raises(InputError, match="does not read texts") as caught:
        text_columns(pictures(["a", "b"], make_space(np.eye(2)), "pixels"))
    assert "ConSE" in caught.value.hint
    with pytest.raises(InputError, match="is texts"):
        text_columns(ec.encode(make_texts(["a", "b"]), "random", store=store))
    bare = Space(
        Dataset("bare", "image", space.dataset.items, pd.DataFrame({"size": [1, 2]})), "random", "x", space.vectors
    )
    with pytest.raises(InputError, match="No column of this data has texts"):
        text_columns(bare)
