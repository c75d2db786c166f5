"""Names for groups: what sets a group apart from the others, in a few words.

Where the words come from, in this order: the texts; for all else a metadata column that says what an item is
(label, name, ...); for rows the columns that set a group apart; for pictures the classes that EfficientNet finds
likeliest in them.
"""

from __future__ import annotations

import re
import threading
from array import array
from collections import Counter, OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from .pictures import Picture
from .space import Dataset, Floats, Ints, Progress, Space
from .store import Store

WORDS = 3
RANKED = 10
"""Words of a group that are ranked."""
SAMPLED = 30
"""Pictures nearest each center that are shown to the classifier: a name must not cost more than the groups."""
READ = 200_000
"""Texts of a dataset whose words are looked up at most: a seeded sample, where there are more."""
COLUMNS = ("label", "class", "category", "digit", "name", "title", "caption", "tags", "group")
_WORD = re.compile(r"[^\W\d_](?:[\w'’-]*\w)?")
_COMMON_WORDS = """
a about above after again all almost also always am an and another any anything are as at away back be
because been before being below between both but by came can can't cannot come could couldn't day did
didn't do does doesn't doing don't done down during each either else enough even ever every everyone
everything few first for from get gets getting give go goes going gone good got had has hasn't have
haven't having he her here hers him his how however i i'd i'll i'm i've if in into is isn't it it's its
just keep kept last least left less let like little long look made make makes many may me might more most
much must my need never new next no nobody none nor not nothing now of off often old on once one only or
other our out over own part perhaps put quite rather really right said same say second see seem several
she should shouldn't since small so some somebody someone something soon still such take takes than that
that's the their them then there there's these they they're thing things this those though three through
time to today together too took two under until up upon us use used very want was wasn't way we we're
well went were what when where whether which while who whole whose why will with within without won't
would wouldn't yes yet you you'll you're your aber als am auch auf aus bei bin bis das dass dem den der
des die dir doch du ein eine einem einen einer er es für hat ich ihr im immer in ist kein keine man mehr
mein meine mich mir mit nach nicht noch nur ob oder sehr sein sich sie sind so um und uns unser unsere
vom von vor war was wenn wer wie wir wird zu zum zur al alla au aux avec c'est ce ces cette che chez ci
como con da dal dans de degli dei del della di dos du e el elle en est et est-ce fue già ha han het hij
hoy i il io je la las le les lo los lui ma mais mas me mi mia mio moi mon muito na nas ne nel niet no nos
notre nous não o op os ou para par pas per perché più plus por pour pra qu que qui se sem si son sono
sont su sua sur také te toi tu um uma un una une va van voor y é è à jest nie się na w z że och att det
en ett för är som inte på
"""
COMMON = frozenset(_COMMON_WORDS.split())
"""The commonest words of some languages, in lower case, which tell little."""
_KEPT = 2  # datasets whose words are remembered
_STEP = 1000  # texts between two reports


@dataclass(frozen=True, eq=False)
class Words:
    """Which words some items hold: `items` (m,) are their indices, and the words of item `items[i]` are
    `vocabulary[w]` for each w of `ids[starts[i] : starts[i + 1]]`, each once; `starts` is (m + 1,).
    """

    items: Ints
    starts: Ints
    ids: npt.NDArray[np.int32]
    vocabulary: list[str]


def name_groups(
    space: Space, labels: Ints, groups: int, *, store: Store | None = None, text: Sequence[str] | None = None
) -> list[str]:
    """One name a group, all different. `labels` is (n,), with -1 for noise; `text` (n) replaces the source
    of words. Pictures are named by a model: raises MissingPackage, ModelUnavailable without it.
    """
    words = _look_up(text, np.arange(len(text)), None, None) if text is not None else words_in(space.dataset)
    if words is not None:
        ranked = distinctive(words, labels[words.items], groups, space.unit)
    elif space.dataset.kind == "row":
        from .row_names import columns_apart

        ranked = columns_apart(space.dataset, labels, groups)
    elif space.dataset.kind == "image":
        ranked = _classes(space, labels, groups, store)
    else:
        ranked = [[] for _ in range(groups)]
    return different([", ".join(words[:WORDS]) for words in ranked])


def nearest_to_centers(values: Floats, labels: Ints, groups: int, count: int) -> Ints:
    """(groups, count) item indices, nearest the mean of the group's `values` (n, k) first, -1 where there is none."""
    found = np.full((groups, count), -1, dtype=np.int64)
    for group in range(groups):
        members = np.flatnonzero(labels == group)
        away = np.linalg.norm(values[members] - values[members].mean(axis=0), axis=1)
        nearest = members[np.argsort(away, kind="stable")[:count]]
        found[group, : len(nearest)] = nearest
    return found


def numbered(groups: int) -> list[str]:
    """The names of groups of which nothing is known: "Group 1", "Group 2", ..."""
    return different([""] * groups)


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, without numbers and without the commonest words of some languages."""
    found = (word.casefold().replace("’", "'") for word in _WORD.findall(text))
    return [word for word in found if len(word) > 1 and word not in COMMON] or [text.strip().casefold()[:30]]


def texts_of(dataset: Dataset) -> Sequence[str] | None:
    """One text an item: the item itself, or for pictures and vectors the first column that says what an item
    is ("" where it says nothing); None without such a column."""
    if dataset.kind == "text":
        return [str(item) for item in dataset.items]
    for column in COLUMNS:
        if column in dataset.metadata:
            values = dataset.metadata[column]
            return ["" if pd.isna(value) else str(value) for value in values]
    return None


def words_in(dataset: Dataset, also: Ints | None = None, *, progress: Progress | None = None) -> Words | None:
    """The words of every item of `dataset`, remembered for the datasets asked for last; None without texts.

    With more than 200,000 items those of a seeded sample of 200,000 and of the items `also`, which come last.
    `progress` counts texts.
    """
    with _lock:
        if words := _known.get(dataset.fingerprint):
            _known.move_to_end(dataset.fingerprint)
    if words is None:
        texts = texts_of(dataset)
        if texts is None:
            return None
        words = _look_up(texts, _sample(len(texts)), None, progress)
        with _lock:
            _known[dataset.fingerprint] = words
            while len(_known) > _KEPT:
                _known.popitem(last=False)
    rest = np.setdiff1d(also, words.items) if also is not None else np.empty(0, dtype=np.int64)
    return _look_up(texts_of(dataset) or (), rest, words, progress) if len(rest) else words


def distinctive(words: Words, labels: Ints, groups: int, values: Floats | None = None) -> list[list[str]]:
    """Up to 10 words of each group, best first: frequent in it and rare in the others (class-based TF-IDF,
    Grootendorst 2022, arXiv:2203.05794). `labels` (m,) are those of `words.items`; a word counts once an item. Of equal
    words, as where each item is one word, that comes first whose item lies nearest the mean of its group's `values`
    (n, k), those of all items."""
    which = np.repeat(labels, np.diff(words.starts))
    real = which >= 0
    size = max(1, len(words.vocabulary))
    held, counts = np.unique(which[real] * size + words.ids[real], return_counts=True)
    group, word = np.divmod(held, size)
    total = np.bincount(word, weights=counts, minlength=size)
    weights = counts * np.log(1 + counts.sum() / max(1, groups) / total[word])
    ranked = []
    ends = np.searchsorted(group, np.arange(groups + 1))
    by_group = np.argsort(labels, kind="stable")
    bounds = np.searchsorted(labels[by_group], np.arange(groups + 1))
    for g, (start, end) in enumerate(pairwise(ends.tolist())):
        part = np.arange(start, end)
        # a word of a single item says nothing about a group, unless there is nothing else
        part = part[counts[part] > 1] if (counts[part] > 1).any() else part
        if len(part) > RANKED:
            part = part[weights[part] >= np.partition(weights[part], -RANKED)[-RANKED]]
        away = np.zeros(len(part))
        if values is not None and len(np.unique(weights[part])) < len(part):
            away = _away(words, by_group[bounds[g] : bounds[g + 1]], word[part], values)
        best = sorted((-weights[at], far, words.vocabulary[word[at]]) for at, far in zip(part, away, strict=True))
        ranked.append([name for *_, name in best[:RANKED]])
    return ranked


def _away(words: Words, places: Ints, asked: Ints, values: Floats) -> npt.NDArray[np.float64]:
    """How far from the mean the nearest item is that holds each of the words `asked` (w,), ascending, among the items
    at these places of `words.items`."""
    points = values[words.items[places]]
    far = np.linalg.norm(points - points.mean(axis=0), axis=1)
    ids = np.concatenate([words.ids[words.starts[place] : words.starts[place + 1]] for place in places])
    of = np.repeat(far, words.starts[places + 1] - words.starts[places])
    at = np.minimum(np.searchsorted(asked, ids), len(asked) - 1)
    there = asked[at] == ids
    nearest = np.full(len(asked), np.inf)
    np.minimum.at(nearest, at[there], of[there])
    return nearest


def _distinct_words(text: str) -> Iterator[str]:
    """Nothing is looked up before the first word is asked for."""
    if text.strip():
        yield from dict.fromkeys(words_of(text))


def _sample(n: int) -> Ints:
    if n <= READ:
        return np.arange(n)
    return np.sort(np.random.default_rng(0).choice(n, READ, replace=False))


def _look_up(texts: Sequence[str], items: Ints, before: Words | None, progress: Progress | None) -> Words:
    """The words of these items, after those known `before`."""
    index = {word: i for i, word in enumerate(before.vocabulary)} if before else {}
    ids, ends = array("i"), array("q")
    for done, item in enumerate(items):
        if progress and done % _STEP == 0:
            progress(done, len(items))
        ids.extend([index.setdefault(word, len(index)) for word in _distinct_words(texts[item])])
        ends.append(len(ids))
    found, starts = np.asarray(ids, dtype=np.int32), np.concatenate([[0], np.asarray(ends, dtype=np.int64)])
    if before:
        found = np.concatenate([before.ids, found])
        starts = np.concatenate([before.starts, starts[1:] + before.starts[-1]])
        items = np.concatenate([before.items, items])
    return Words(items, starts, found, list(index))


def _classes(space: Space, labels: Ints, groups: int, store: Store | None) -> list[list[str]]:
    """The likeliest ImageNet classes of the pictures nearest each center, summed over them."""
    from .encoders import encode_items, get_encoder
    from .encoders.imagenet import class_names, class_probabilities

    encoder, names, ranked = get_encoder("imagenet"), class_names(), []
    for near in nearest_to_centers(space.unit, labels, groups, SAMPLED):
        items = [item for item in (space.dataset.items[i] for i in near if i >= 0) if isinstance(item, Picture)]
        likely = class_probabilities(encode_items(encoder, items, store=store)).sum(axis=0)
        ranked.append([names[k] for k in np.argsort(-likely, kind="stable")[:WORDS]])
    return ranked


def different(names: list[str]) -> list[str]:
    """The same names, numbered where one is empty or comes again."""
    seen: Counter[str] = Counter()
    made = []
    for place, name in enumerate(names):
        name = name or f"Group {place + 1}"
        seen[name] += 1
        made.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return made


_known: OrderedDict[str, Words] = OrderedDict()
_lock = threading.Lock()
