"""The list of stories, and the one that is open to be changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

import embeddings_core as ec
from components.feedback import plain, shown
from components.presenting.stage import notes_address
from components.sidebar import known_data
from components.state import get_state, tie
from embeddings_core.cards import cut
from embeddings_core.fingerprints import fingerprint
from embeddings_core.stories import (
    LONGEST,
    UNTITLED,
    Story,
    begin_story,
    forget_story,
    get_story,
    keep_story,
    own_stories,
    ready_stories,
)

KEYS = (
    "While it plays: → and ← or Space go on and back, Q asks a question from the floor, L or holding the mouse is a "
    "laser, F fills the screen, S opens the speaker's notes, Esc leaves."
)


def list_stories() -> None:
    """Draw the list: each story is played, changed or copied from here."""
    own = own_stories(ec.get_store())
    st.caption(KEYS)
    for story in (*reversed(own), *ready_stories()):  # what was begun last is what one comes for
        _row(story)
    if not own:
        st.caption(
            "For a story of your own, press :material/bookmark: (Keep this view) above the map on the page Explore or "
            "Compare, or copy one of these. The small maps of lessons cannot be kept."
        )


def _row(story: Story) -> None:
    state, count = get_state(), len(story.scenes)
    with st.container(border=True, key=f"story-{story.key}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            words = f"{count} view{'s' if count != 1 else ''}" + (" · ready" if story.ready else "")
            st.markdown(f"**{plain(story.name)}**  \n:small[{words}]", width="stretch")
            with st.container(horizontal=True, width="content", gap="small"):
                _buttons(story)
        if not story.ready and state.presenting.kept_in == story.key:
            _change(story)


def _buttons(story: Story) -> None:
    nothing = not story.scenes
    st.button(
        "Play", key=f"play-{story.key}", icon=":material/play_arrow:", disabled=nothing,
        on_click=_play, args=(story.key,), help="On the whole window.",
    )  # fmt: skip
    st.link_button(
        "Notes", notes_address(story), icon=":material/sticky_note_2:", type="tertiary", disabled=nothing,
        help="The speaker's notes in a window of their own; they follow the story.",
    )  # fmt: skip
    if story.ready:
        st.button(
            "Copy", key=f"copy-{story.key}", icon=":material/content_copy:", type="tertiary",
            on_click=_copy, args=(story,), help="A copy that you can change.",
        )  # fmt: skip
    else:
        st.button(
            "Change", key=f"change-{story.key}", icon=":material/edit:", type="tertiary",
            on_click=_open, args=(story.key,), help="Order, words and notes.",
        )  # fmt: skip


def _play(key: str) -> None:
    state = get_state()
    state.story, state.stop, state.presenting.played = key, 1, ("", 0)
    state.touched = True


def _copy(story: Story) -> None:
    with shown():
        copied = begin_story(ec.get_store(), cut(f"{story.name}, copy", 60), story.scenes)
        get_state().presenting.kept_in = copied.key


def _open(key: str) -> None:
    state = get_state()
    state.presenting.kept_in = "" if state.presenting.kept_in == key else key


def _change(story: Story) -> None:
    st.text_input(
        "Name", max_chars=60,
        **tie(f"name-{story.key}", story.name, lambda name: _put(story.key, lambda now: replace(now, name=name))),
    )  # fmt: skip
    known = known_data()
    for at, (scene, name) in enumerate(zip(story.scenes, _names(story), strict=True)):
        gone = ":material/link_off: " if scene.link.get("dataset", "everyday") not in known else ""
        with st.expander(f"{gone}{at + 1}. {plain(scene.title)}", key=f"scene-{name}"):
            _scene(story, at, name, gone=bool(gone))
    with st.popover("Delete this story", icon=":material/delete:", type="tertiary"):
        st.caption("It cannot be brought back. The data stays.")
        st.button("Delete", key=f"delete-{story.key}", on_click=_forget, args=(story.key,))


def _names(story: Story) -> list[str]:
    """What tells the views apart, wherever they are moved to and whatever is said about them."""
    links = [fingerprint(sorted(scene.link.items()))[:12] for scene in story.scenes]
    return [f"{story.key}-{link}-{links[:at].count(link)}" for at, link in enumerate(links)]


def _scene(story: Story, at: int, view: str, *, gone: bool) -> None:
    if gone:
        st.caption("The data of this view is not here any more; the story says so when it comes to it.")

    def said(name: str) -> dict[str, object]:
        def change(text: str) -> None:
            kept = text.strip() or UNTITLED * (name == "title")
            _put(story.key, lambda now: now.with_changed(at, replace(now.scenes[at], **{name: kept})))

        return tie(f"{name}-{view}", getattr(story.scenes[at], name), change) | {"max_chars": LONGEST[name]}

    st.text_input("Title", **said("title"))
    st.text_area("Caption", height=80, help="For everybody in the room.", **said("caption"))
    st.text_area("Notes", height=100, help="For the speaker alone.", **said("notes"))
    with st.container(horizontal=True, gap="small"):
        for name, icon, by in (("Earlier", "arrow_upward", -1), ("Later", "arrow_downward", 1)):
            st.button(
                name, key=f"{name}-{view}", icon=f":material/{icon}:", type="tertiary",
                disabled=not 0 <= at + by < len(story.scenes),
                on_click=_put, args=(story.key, lambda now, to=at + by: now.with_moved(at, to)),
            )  # fmt: skip
        st.button(
            "Remove", key=f"remove-{view}", icon=":material/close:", type="tertiary",
            on_click=_put, args=(story.key, lambda now: now.without(at)),
        )  # fmt: skip


def _put(key: str, change: Callable[[Story], Story]) -> None:
    """Change what is kept now, which another window may have changed since."""
    with shown():
        store = ec.get_store()
        keep_story(store, change(get_story(store, key)))


def _forget(key: str) -> None:
    forget_story(ec.get_store(), key)
