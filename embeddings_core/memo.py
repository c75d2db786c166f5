"""Results that are remembered beside the Dataset they were made from, and go when it goes."""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Any, Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from .errors import Cancelled
from .space import Dataset

P = ParamSpec("P")
R = TypeVar("R")
_Shelf = OrderedDict[Hashable, Future[Any]]


def memo(most: int) -> Callable[[Callable[Concatenate[Dataset, P], R]], Callable[Concatenate[Dataset, P], R]]:
    """Remembers, for each dataset, the `most` lately asked results of a function f(dataset, hashable, ...).

    Several threads that ask for the same at once wait for one of them; nobody waits for another question. A
    `progress` given by name is no part of the question. What raises is not remembered, and where one of them is
    stopped the next goes on. A result must not hold on to its dataset.
    """

    def decorate(make: Callable[Concatenate[Dataset, P], R]) -> Callable[Concatenate[Dataset, P], R]:
        shelves: WeakKeyDictionary[Dataset, _Shelf] = WeakKeyDictionary()
        lock = Lock()

        @functools.wraps(make)
        def ask(dataset: Dataset, /, *args: P.args, **kwargs: P.kwargs) -> R:
            key = (args, tuple(sorted(pair for pair in kwargs.items() if pair[0] != "progress")))
            while True:
                with lock:
                    shelf = shelves.setdefault(dataset, OrderedDict())
                    future, first = _place(shelf, key, most)
                if first:
                    try:
                        future.set_result(make(dataset, *args, **kwargs))
                    except BaseException as error:
                        with lock:
                            if shelf.get(key) is future:
                                del shelf[key]
                        future.set_exception(error)
                        raise
                elif isinstance(future.exception(), Cancelled):
                    continue  # another was stopped, not this one
                result: R = future.result()
                return result

        return ask

    return decorate


def _place(shelf: _Shelf, key: Hashable, most: int) -> tuple[Future[Any], bool]:
    """Where the result for `key` is or will be, and whether the caller is the one to make it."""
    first = key not in shelf
    if first:
        shelf[key] = Future()
    shelf.move_to_end(key)
    while len(shelf) > most:
        shelf.popitem(last=False)
    return shelf[key], first
