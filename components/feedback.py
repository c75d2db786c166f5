"""A core error becomes a message and a hint; anything else an apology with a reference that is in the log."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from embeddings_core import CoreError

_log = logging.getLogger("embedding_explorer")


def show(error: BaseException) -> None:
    """Draw one error where the page is now."""
    if isinstance(error, CoreError):
        text = plain(error.message) + (f"  \n{plain(error.hint)}" if error.hint else "")
        st.error(text, icon=":material/error:")
        return
    reference = uuid.uuid4().hex[:8]
    _log.error("unexpected error %s", reference, exc_info=error)
    st.error(
        f"Sorry, something went wrong here, and it is our mistake. Nothing of yours was lost.  \n"
        f"The log holds the details under the reference {reference}.",
        icon=":material/bug_report:",
    )


@contextmanager
def shown() -> Iterator[None]:
    """Draw an error of the core instead of failing; what follows in the page still runs."""
    try:
        yield
    except CoreError as error:
        show(error)


@contextmanager
def guarded() -> Iterator[None]:
    """Draw any error instead of failing: that of the core as it is, a mistake of ours as an apology."""
    try:
        yield
    except Exception as error:
        show(error)


def plain(text: str) -> str:
    """Text from data as Markdown that shows it letter for letter."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]()<>#+-.!|~$:&" else letter for letter in text)
