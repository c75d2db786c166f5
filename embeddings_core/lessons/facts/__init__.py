"""What lessons tell, computed: small functions by name, each of which gives one number or one text.

A file here has FACTS, its functions by the name under which lessons ask for them; it is added to `_FILES` below.
Functions take plain values (numbers, texts, lists of them), use the encoders that come with the app, and import heavy
packages inside. The same arguments give the same answer.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from ...errors import ParameterError
from . import groups, maps, pictures, searches, sums, texts, uses

Fact = Callable[..., float | int | str]
_FILES = (texts, pictures, maps, searches, groups, sums, uses)
FACTS: dict[str, Fact] = {name: fact for file in _FILES for name, fact in file.FACTS.items()}


def compute(name: str, arguments: Mapping[str, Any]) -> float | int | str:
    """The fact `name` of these arguments. Raises ParameterError for a name that there is not, and for arguments that it
    does not take; besides that what it raises."""
    if name not in FACTS:
        raise ParameterError(f"There is no fact {name!r}.", f"The facts are: {', '.join(sorted(FACTS))}.")
    try:
        inspect.signature(FACTS[name]).bind(**arguments)
    except TypeError as error:
        raise ParameterError(f"The fact {name!r} cannot be computed: {error}.") from error
    return FACTS[name](**arguments)
