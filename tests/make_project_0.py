"""Makes tests/golden/project-0.zip, a project file of version 0, which had all selections in one tags.json.

Run it as `python -m tests.make_project_0` from the root, should data be kept in another way: the file must always be
one that an older program could have written.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from made_projects import LostEncoder, members, sealed, texts

import embeddings_core as ec
from embeddings_core.store import Store


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder, "home"))
        data = store.put_dataset(texts())
        ec.project(ec.encode(data, LostEncoder(), store=store), "pca", store=store)
        parts = members(ec.save_project(Path(folder, "p.zip"), store=store).read_bytes())
    del parts["manifest.json"]
    parts["tags.json"] = json.dumps({data.fingerprint: {"some": [0, 3, 5]}}).encode()
    (Path(__file__).parent / "golden" / "project-0.zip").write_bytes(sealed(parts, version=0))


if __name__ == "__main__":
    main()
