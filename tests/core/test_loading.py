"""What is prepared ahead of a model, cut to its length, and loaded once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from embeddings_core.encoders._loading import WINDOW, ahead, plain, shorten


class TestTexts:
    def test_lone_surrogates_become_replacement_characters(self):
        assert plain("a\ud800b") == "a\ufffdb"
        assert plain("\ud83d\ude42") == "🙂"
        assert plain("as it is 🙂") == "as it is 🙂"

    def test_a_long_text_is_cut_between_words_once_there_are_enough(self):
        text = "word " * 100_000
        cut = shorten(text, 256, lambda part: len(part.split()))
        assert len(cut) <= WINDOW
        assert text.startswith(cut)
        assert cut.endswith("word")

    def test_a_text_of_few_tokens_is_not_cut(self):
        text = " " * 3 * WINDOW + "end"
        assert shorten(text, 256, lambda part: len(part.split())) == text

    def test_short_texts_are_not_even_counted(self):
        def count(part: str) -> int:
            raise AssertionError("counted")

        assert shorten("short", 2, count) == "short"


def test_threads_that_come_at_once_load_one_model(monkeypatch):
    from embeddings_core.encoders import imagenet

    loads = []

    def load() -> tuple[object, object]:
        loads.append(1)
        time.sleep(0.05)
        return object(), object()

    monkeypatch.setattr(imagenet, "_load", load)
    encoder = imagenet.ImageNetEncoder()
    with ThreadPoolExecutor(4) as pool:
        parts = list(pool.map(lambda _: encoder._parts(), range(4)))
    assert len(loads) == 1
    assert all(part is parts[0] for part in parts)


class TestAhead:
    def test_all_come_in_order(self):
        found = list(ahead(range(7), lambda number: number * 2, 3))
        assert found == [[0, 2, 4], [6, 8, 10], [12]]
        assert list(ahead([], str, 3)) == []
        assert list(ahead([5], str, 3)) == [["5"]]

    def test_the_next_are_prepared_while_the_first_are_used(self):
        begun = threading.Event()

        def prepare(number: int) -> int:
            if number == 2:
                begun.set()
            return number

        batches = ahead(range(4), prepare, 2)
        assert next(batches) == [0, 1]
        assert begun.wait(5)

    def test_an_error_reaches_the_caller(self):
        with pytest.raises(ZeroDivisionError):
            list(ahead([1, 0, 2], lambda number: 1 / number, 1))
