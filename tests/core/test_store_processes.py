"""One store, several processes: side by side, and killed in the middle of their work."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import HashingEncoder, make_texts
from rules import ROOT

from embeddings_core.encoders import encode
from embeddings_core.fingerprints import content_key
from embeddings_core.store import Store

TEXTS = [f"sentence {i}" for i in range(200)]

SLOW_ENCODE = """
import sys, time
from conftest import HashingEncoder, make_texts
from embeddings_core.encoders import encode
from embeddings_core.store import Store

class Slow(HashingEncoder):
    def encode(self, items):
        time.sleep(0.02)
        vectors = super().encode(items)
        with open(sys.argv[2], "a") as log:
            log.writelines(item + "\\n" for item in items)
        return vectors

texts = [f"sentence {i}" for i in range(200)]
encode(make_texts(texts), Slow(), store=Store(sys.argv[1]), progress=lambda done, total: print(done, flush=True))
"""

SHARE = """
import sys
import numpy as np
from embeddings_core.fingerprints import content_key
from embeddings_core.store import Store

store, mark = Store(sys.argv[1]), int(sys.argv[2])
keys = [content_key(str(i)) for i in range(400)]
for start in range(0, 400, 8):
    values = np.arange(start, start + 8, dtype=np.float32)
    store.put_vectors("enc", keys[start : start + 8], np.repeat(values[:, None], 64, axis=1))
    store.put_result("shared", {"a": np.full(20_000, mark)}, {"mark": mark})
    found = store.get_vectors("enc", keys)
    assert all((found[key] == i).all() for i, key in enumerate(keys) if key in found)
    assert all(key in found for key in keys[: start + 8])
    arrays, note = store.get_result("shared")
    assert (arrays["a"] == note["mark"]).all()
print("all", mark)
"""

OPEN = """
import os, sys
import numpy as np
from embeddings_core.store import Store

print("ready", flush=True)
sys.stdin.readline()
Store(sys.argv[1]).put_vectors("e", [os.urandom(32)], np.ones((1, 4)))
"""


def start(program: str, *args: object) -> subprocess.Popen[str]:
    paths = [str(ROOT), str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, args)], env=environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.mark.parametrize("batches", [1, 4, 11])
def test_killed_in_the_middle_of_an_encode_it_goes_on_where_it_was(batches: int, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with start(SLOW_ENCODE, tmp_path / "home", log) as victim:
        assert victim.stdout is not None
        for _ in range(batches + 1):
            assert victim.stdout.readline() != ""
        victim.kill()
    before = log.read_text().split("\n")[:-1]
    store = Store(tmp_path / "home")
    committed = {text for text in TEXTS if content_key(text) in store.get_vectors("hashing-1", [content_key(text)])}
    assert batches * HashingEncoder.batch <= len(committed) < len(TEXTS)
    # what the killed one had encoded is kept, but for the batch that it was in
    assert committed <= set(before)
    assert len(before) - len(committed) <= HashingEncoder.batch

    encoder = HashingEncoder()
    space = encode(make_texts(TEXTS), encoder, store=store)
    assert sorted([*committed, *encoder.encoded]) == sorted(TEXTS)  # none twice, none forgotten
    np.testing.assert_array_equal(space.vectors, HashingEncoder().encode(TEXTS))


def test_two_processes_write_and_read_the_same_store(tmp_path: Path) -> None:
    workers = [start(SHARE, tmp_path, mark) for mark in (1, 2)]
    for mark, worker in enumerate(workers, start=1):
        output, errors = worker.communicate()
        assert errors == ""
        assert output == f"all {mark}\n"
    store = Store(tmp_path)
    assert store.count_vectors("enc", [content_key(str(i)) for i in range(400)]) == 400
    assert [path.name for path in (tmp_path / "results").iterdir()] == ["shared.npz"]


def test_several_processes_make_the_same_store_at_once(tmp_path: Path) -> None:
    workers = [start(OPEN, tmp_path / "home") for _ in range(6)]
    assert [worker.stdout.readline() for worker in workers if worker.stdout] == ["ready\n"] * 6
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    assert [worker.communicate()[1] for worker in workers] == [""] * 6
    with sqlite3.connect(tmp_path / "home" / "vectors.sqlite") as db:
        assert db.execute("select count(*) from vectors").fetchone() == (6,)
    assert not list((tmp_path / "home").glob("*.damaged"))
