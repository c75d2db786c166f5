"""Texts and pictures in one space: the gap between the two, and whether a picture and its own text find each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import InputError
from ..metadata import column_of, column_places
from ..progress import phase
from ..space import Dataset, Floats, Ints, Progress, Space
from ..store import Store, get_store, result_key

FILE = "file"
"""The column with the names of the files, which rarely say what is in them."""
_VERSION = 1
_READ = 1_000  # different texts of a column whose words are counted
_CELLS = 2**24  # similarities that are held at once: 64 MB
_ROWS = 256
_ROUNDING = 1e-6  # what similarities of equal vectors may differ by
_SAMPLE = 1_000
_BLOCK = 100  # items whose neighbors are looked for at once


@dataclass(frozen=True, eq=False)
class Gap:
    """The gap between two sets of unit vectors.

    `direction` (d,) is the mean of the first minus that of the second, `length` its length, 0 to 2. `inside` are the
    mean cosines of two different items of the first and of the second (NaN for one item), `across` that of one with
    the other. `apart` is the share of items, of up to 1,000 of each, whose nearest other item is of their own set: 1
    where nothing mixes.
    """

    direction: Floats
    length: float
    inside: tuple[float, float]
    across: float
    apart: float


def modality_gap(first: Space, second: Space) -> Gap:
    """The gap (Liang et al., NeurIPS 2022, arXiv:2203.02053) between two spaces of one encoder that reads both, such as
    texts and pictures by CLIP. A dataset holds one kind of item, so these are two spaces. Raises InputError for spaces
    of different encoders, or vectors that are all zeros.
    """
    if first.encoder_fingerprint != second.encoder_fingerprint or first.vectors.shape[1] != second.vectors.shape[1]:
        raise InputError(
            f"{first.dataset.name} and {second.dataset.name} were not encoded by the same encoder.",
            "Encode both with one that reads both kinds, such as CLIP.",
        )
    sums = [space.unit.sum(axis=0, dtype=np.float64) for space in (first, second)]
    counts = [int((space.norms > 0).sum()) for space in (first, second)]
    if not all(counts):
        raise InputError("All vectors of one of the spaces are zeros.", "Choose another encoder.")
    one, other = (total / count for total, count in zip(sums, counts, strict=True))
    inside = [
        float((total @ total - count) / (count * (count - 1))) if count > 1 else float("nan")
        for total, count in zip(sums, counts, strict=True)
    ]
    direction = one - other
    return Gap(
        direction.astype(np.float32),
        float(np.linalg.norm(direction)),
        (inside[0], inside[1]),
        float(one @ other),
        _apart(first, second),
    )


def _apart(first: Space, second: Space) -> float:
    own = []
    for space, others in ((first, second), (second, first)):
        items = np.flatnonzero(space.norms > 0)
        if len(items) > _SAMPLE:
            items = np.sort(np.random.default_rng(0).choice(items, _SAMPLE, replace=False))
        for at in range(0, len(items), _BLOCK):
            block = items[at : at + _BLOCK]
            within = space.unit[block] @ space.unit.T
            within[np.arange(len(block)), block] = -np.inf
            own.append(within.max(axis=1) > (space.unit[block] @ others.unit.T).max(axis=1))
    return float(np.concatenate(own).mean())


# -- items and their own texts -----------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Matched:
    """How well each of n items, such as pictures, and its own text find each other by cosine similarity.

    `texts` are the t different texts, `own` (n,) int64 the place of each item's among them, -1 for none, and `cosines`
    (n,) float32 the similarity of the two. `ranks` (n,) int64 are the places, from 1, of its own text among all texts
    for the item, `back` (n,) those of the item for its text, among it and all items of other texts: items that share
    a text are right, each of them. Whatever is equally near shares the better place. `nearest` (n,) is the place in
    `texts` of the text that is nearest. An item without a text, or where a vector is all zeros, has the rank 0 and the
    cosine NaN. `gap` is that between the items and the different texts; `approximate` a reason, as in Neighbors.
    """

    texts: tuple[str, ...]
    own: Ints
    cosines: Floats
    ranks: Ints
    back: Ints
    nearest: Ints
    gap: Gap
    approximate: str = ""

    @property
    def order(self) -> Ints:
        """The items that were judged (m,), those whose text is farthest down first, then those of lower cosine."""
        items = np.flatnonzero(self.ranks > 0)
        return items[np.lexsort((self.cosines[items], -self.ranks[items]))]

    def recall(self, k: int) -> float:
        """recall@k from items to texts: the share of the judged items whose text is among the first k."""
        return float((self.ranks[self.ranks > 0] <= k).mean())

    def recall_back(self, k: int) -> float:
        """recall@k from texts to items: the share of the texts of judged items that have one of theirs among the
        first k."""
        judged = self.ranks > 0
        found = np.unique(self.own[judged & (self.back <= k)])
        return len(found) / len(np.unique(self.own[judged]))


def text_columns(space: Space) -> list[str]:
    """The metadata columns whose texts can be compared with the items, those with the most words in different texts
    first, the names of files last. Raises InputError where there are none, or the encoder does not read both."""
    from ..encoders import encoders_for, get_encoder

    spec, kind = get_encoder(space.encoder).spec, space.dataset.kind
    if kind == "text":
        raise InputError("This data is texts.", "Open pictures that have a text beside them, such as the sample emoji.")
    if not {"text", kind} <= set(spec.reads):
        # those that have a model: neither chance nor what is put together of others
        both = " or ".join(other.label for other in encoders_for(kind) if "text" in other.reads and other.size_mb)
        raise InputError(
            f"{spec.label} does not read texts, so there is nothing to compare.",
            f"Choose an encoder that reads both: {both}." if both else "Open pictures with a text beside them.",
        )
    columns = {name: column_of(space.dataset, name) for name in column_places(space.dataset)}
    texts = {name: column.names for name, column in columns.items() if column.numbers is None and len(column.names) > 1}
    if not texts:
        raise InputError("No column of this data has texts.", "Bring a table beside the pictures that describes each.")
    words = {name: sum(len(text.split()) for text in found[:_READ]) for name, found in texts.items()}
    return sorted(texts, key=lambda name: (name == FILE, -words[name]))


def match_texts(space: Space, column: str, *, store: Store | None = None, progress: Progress | None = None) -> Matched:
    """How well the items of `space` and their texts in the metadata `column` find each other, under the encoder of
    `space`, which reads both. Exact: every item is compared with every text. 100,000 of each, 384 numbers a vector,
    take two minutes on two cores, and memory for the vectors and about 100 MB. `progress` tells a share of the whole,
    in which the texts are encoded first. Raises InputError as `text_columns`, and for a column that has no texts.
    """
    from ..encoders import encode, get_encoder

    if column not in (columns := text_columns(space)):
        raise InputError(f"The column {column[:100]!r} has no texts.", f"Choose one of {', '.join(columns)}.")
    found, store = column_of(space.dataset, column), store or get_store()
    assert found.codes is not None
    words = Dataset(f"{column} of {space.dataset.name}", "text", found.names, pd.DataFrame({"text": found.names}))
    texts = encode(words, space.encoder, store=store, progress=phase(progress, 0, 0.5))
    own = found.codes.astype(np.int64)
    key = result_key("matched", _VERSION, space.fingerprint, texts.fingerprint, own)
    known = store.get_result(key)
    if known is None:
        arrays = matched(space, texts, own, phase(progress, 0.5, 0.95))
        store.put_result(key, arrays, {})
    else:
        arrays = known[0]
    gap = modality_gap(space, texts)
    return Matched(found.names, own, **arrays, gap=gap, approximate=get_encoder(space.encoder).spec.approximate)


def matched(space: Space, texts: Space, own: Ints, progress: Progress | None = None) -> dict[str, Any]:
    """`cosines`, `ranks`, `back` and `nearest` of Matched, each (n,), for items whose texts are at `own` (n,) among
    `texts` (t,); in blocks of texts. `progress` counts these."""
    n, blank = len(space), space.norms == 0
    cosines = _pairs(space, texts, own)
    bars = cosines + np.float32(_ROUNDING)  # what is above one is nearer; NaN where there is nothing to compare
    ranks, back, nearest = np.ones(n, np.int64), np.zeros(n, np.int64), np.full(n, -1)
    best = np.full(n, -np.inf, np.float32)
    by_text = np.argsort(own, kind="stable")
    starts, ends = (np.searchsorted(own[by_text], np.arange(len(texts)), side) for side in ("left", "right"))
    rows = np.flatnonzero(texts.norms > 0)
    step = max(1, min(_ROWS, _CELLS // n))
    for at in range(0, len(rows), step):
        block = rows[at : at + step]
        scores = texts.unit[block] @ space.unit.T
        scores[:, blank] = -np.inf
        ranks += (scores > bars).sum(axis=0)
        better = np.flatnonzero(scores.max(axis=0) > best)
        top = scores[:, better].argmax(axis=0)
        nearest[better], best[better] = block[top], scores[top, better]
        for done, (text, row) in enumerate(zip(block.tolist(), scores, strict=True), at):
            if progress:
                progress(done, len(rows))
            items = by_text[starts[text] : ends[text]]
            row[items] = -np.inf  # they are right, so none of them is before another
            back[items] = [1 + np.count_nonzero(row > bar) for bar in bars[items]]
    unjudged = np.isnan(cosines)
    ranks[unjudged] = back[unjudged] = 0
    nearest = np.where(ranks == 1, own, nearest)  # of equal ones its own
    return {"cosines": cosines, "ranks": ranks, "back": back, "nearest": nearest}


def _pairs(space: Space, texts: Space, own: Ints) -> Floats:
    """The cosine of each item and its text, (n,) float32, NaN where there is none."""
    cosines = np.full(len(space), np.nan, np.float32)
    items = np.flatnonzero((own >= 0) & (space.norms > 0) & (texts.norms[own] > 0))
    for at in range(0, len(items), _CELLS // 2**11):
        part = items[at : at + _CELLS // 2**11]
        cosines[part] = np.einsum("ij,ij->i", space.unit[part], texts.unit[own[part]])
    return cosines
