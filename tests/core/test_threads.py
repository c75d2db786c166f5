"""KMeans of several jobs takes turns, so that none undoes the threads of another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from conftest import blobs, make_space
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.mixture import GaussianMixture

import embeddings_core as ec
from embeddings_core.groups.edits import split
from embeddings_core.store import Store
from embeddings_core.threads import alone

CALLS = [(KMeans, "fit"), (MiniBatchKMeans, "partial_fit"), (GaussianMixture, "fit")]


@pytest.mark.parametrize("method", ["kmeans", "minibatch", "mixture"])
def test_every_call_has_its_turn_and_gives_it_back(method: str, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[bool] = []

    def watched(before: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            held.append(alone.locked())
            return before(*given, **named)

        return call

    for of, name in CALLS:
        monkeypatch.setattr(of, name, watched(getattr(of, name)))
    space = make_space(blobs(90, 6, 3)[0])
    groups = ec.cluster(space, method, store=store, clusters=3)
    split(space, groups, 0, store=store)
    assert len(held) >= 2
    assert all(held)
    assert not alone.locked()
