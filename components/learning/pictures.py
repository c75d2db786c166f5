"""What lessons show of pictures: digits that move, digits rebuilt from a few numbers, and what is near a picture."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import streamlit as st

import embeddings_core as ec
from components.feedback import plain
from components.learning.computing import LONGEST, computed
from embeddings_core.encoders import get_encoder
from embeddings_core.errors import InputError
from embeddings_core.lessons import Lesson, number
from embeddings_core.lessons.facts.pictures import SIDE, item_of, moved_right, rebuilt
from embeddings_core.lessons.facts.texts import neighbors_of_all, space_of
from embeddings_core.pictures import Picture
from embeddings_core.space import Floats, Progress

LARGE, SMALL = 112, 72
"""Pixels of a picture that one looks at, and of one in a row."""
FOUND = 5


def shifted(lesson: Lesson, key: str, *, item: int) -> None:
    """A digit that can be moved to the right, and the scan that is most similar to it then."""
    by = st.slider("Moved to the right by", 0, 3, 1, key=f"{key}-by", format="%d px", help="The others stay.")
    found = computed(key, "Looking", _most_similar, item, by)
    if found is None:
        return
    moved, nearest, digit, similarity = found
    with st.container(horizontal=True, gap="medium"):
        st.image(shot(moved), caption="The digit, moved", width=LARGE)
        st.image(shot(nearest), caption=f"Most similar scan: a {digit} ({similarity:.2f})", width=LARGE)


def _most_similar(item: int, by: int) -> tuple[Floats, Floats, str, float]:
    """The digit moved, the scan nearest to it, what that shows, and the cosine of the two."""
    space = space_of("digits", "pixels")
    moved = moved_right(space.vectors[[item]], by)[0]
    hits = ec.neighbors(space, moved, 2)
    best = next(place for place, hit in enumerate(hits.indices[0].tolist()) if hit != item)
    nearest = int(hits.indices[0, best])
    digit = str(space.dataset.metadata["digit"].iloc[nearest])
    return moved, space.vectors[nearest], digit, float(hits.scores[0, best])


def rebuilt_digits(lesson: Lesson, key: str, *, items: Sequence[int], axes: int = 2) -> None:
    """Digits as they are, and as they are rebuilt from a number of principal axes that can be chosen."""
    kept = st.select_slider(
        "Numbers kept of each picture", [1, 2, 3, 5, 10, 20, 30, 64], axes, key=f"{key}-axes",
        help="Each picture is described by so many numbers, and drawn again from them.",
    )  # fmt: skip
    found = computed(key, "Drawing", rebuilt, kept, tuple(items))
    if found is None:
        return
    before, after, share = found
    for name, rows in (("As scanned", before), (f"Rebuilt from {kept} of 64 numbers", after)):
        st.caption(name)
        with st.container(horizontal=True, gap="small"):
            for row in rows:
                st.image(shot(row), width=SMALL)
    st.caption(f"These {kept} keep {share:.0%} of the variance.")


def picture_neighbors(
    lesson: Lesson, key: str, *, sample_id: str, encoders: Sequence[str], names: Sequence[str]
) -> None:  # fmt: skip
    """A picture to be chosen, and its nearest by some encoders, one row each."""
    name = st.selectbox("Picture", list(names), key=f"{key}-name", help="What is near it is shown below.")
    for encoder in encoders:
        label = get_encoder(encoder).spec.label
        st.caption(f"Nearest by **{plain(label)}**")
        found = computed(f"{key}-{encoder}", f"Encoding by {label}", _near, sample_id, encoder, name)
        if found is None:
            continue
        with st.container(horizontal=True, gap="small", vertical_alignment="top"):
            for caption, picture in found:
                st.image(picture.read(), caption=plain(caption), width=SMALL)


def _near(
    sample_id: str, encoder: str, name: str, progress: Progress | None = None
) -> list[tuple[str, Picture]]:  # fmt: skip
    """The picture and its nearest, each with its caption."""
    space, item = space_of(sample_id, encoder, progress), item_of(sample_id, name)
    found = [item, *neighbors_of_all(space, FOUND)[item].tolist()]
    return [(space.dataset.captions[one], space.dataset.items[one]) for one in found]


def pictures(lesson: Lesson, key: str, *, sample_id: str, names: Sequence[str], labels: Sequence[str] = ()) -> None:
    """Some pictures of a sample, with their names or other words below them."""
    data = ec.sample(sample_id)
    if missing := [name for name in names if name not in data.captions]:
        raise InputError(f"{lesson.id}.toml shows {missing[0]!r}, which is not in the sample {sample_id!r}.")
    with st.container(horizontal=True, gap="medium", vertical_alignment="top"):
        for name, label in zip(names, labels or names, strict=True):
            picture: Picture = data.items[data.captions.index(name)]
            st.image(picture.read(), caption=plain(label), width=LARGE)


def picture_search(lesson: Lesson, key: str, *, sample_id: str, encoder: str, query: str) -> None:
    """A field to type in, and the pictures that are nearest to what is typed."""
    asked = st.text_input("Find a picture of", query, key=f"{key}-ask", max_chars=LONGEST).strip()
    if not asked:
        st.caption("Type a word.")
        return
    found = computed(key, "Encoding the pictures", _searched, sample_id, encoder, asked)
    if found is not None:
        with st.container(horizontal=True, gap="small", vertical_alignment="top"):
            for caption, score, picture in found:
                st.image(picture.read(), caption=f"{plain(caption)}, {number(score)}", width=SMALL)


def _searched(
    sample_id: str, encoder: str, asked: str, progress: Progress | None = None
) -> list[tuple[str, float, Picture]]:  # fmt: skip
    """The pictures nearest to a text, each with its caption and score."""
    space = space_of(sample_id, encoder, progress)
    found = ec.search(space, asked, FOUND)
    items, scores = found.indices[0].tolist(), found.scores[0].tolist()
    data = space.dataset
    return [(data.captions[item], score, data.items[item]) for item, score in zip(items, scores, strict=True)]


def shot(row: Floats) -> bytes:
    """A digit, (64,) of brightness 0 to the most there is, as a PNG large enough to see its pixels."""
    from PIL import Image

    gray = np.clip(row.reshape(SIDE, SIDE) / (float(row.max()) or 1.0), 0, 1)
    image = Image.fromarray(np.round(gray * 255).astype(np.uint8)).resize((LARGE, LARGE), Image.Resampling.NEAREST)
    raw = io.BytesIO()
    image.save(raw, "PNG")
    return raw.getvalue()
