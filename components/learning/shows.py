"""What stands beside the words of a lesson: things to look at, and things to try.

Each function in SHOWS draws one thing that a lesson asks for by its name. Its arguments are the lesson, a key that
nothing else on the page has, and by name what stands beside `what` in the lesson's file.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable

from components.learning.maps import sample_map, toy_maps, toy_try
from components.learning.pictures import picture_neighbors, picture_search, pictures, rebuilt_digits, shifted
from components.learning.sheets import arrows, sheet
from components.learning.texts import bars, strip, two_texts
from components.learning.tries import searches, word_sum
from embeddings_core.errors import InputError
from embeddings_core.lessons import Lesson, Show

_ALL = (
    bars, two_texts, strip, sheet, arrows, sample_map, toy_maps, toy_try, shifted, rebuilt_digits, pictures,
    picture_neighbors, picture_search, searches, word_sum,
)  # fmt: skip
SHOWS: dict[str, Callable[..., None]] = {draw.__name__: draw for draw in _ALL}


def draw_show(lesson: Lesson, show: Show, key: str) -> None:
    """Draw what a lesson asks for. Raises InputError for what there is not, or what does not fit its arguments."""
    draw = SHOWS.get(show.what)
    if draw is None:
        raise InputError(
            f"{lesson.id}.toml shows {show.what!r}, which there is not.", f"Use one of {', '.join(SHOWS)}."
        )
    try:
        inspect.signature(draw).bind(lesson, key, **show.given)
    except TypeError as error:
        raise InputError(f"{lesson.id}.toml cannot show {show.what!r}: {error}.") from error
    draw(lesson, key, **show.given)
