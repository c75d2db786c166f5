"""Makes assets/samples/everyday.npz: the vectors and the map that are shipped with the sample `everyday`.

Run it as `make seed` after a change of the sample, of the MiniLM encoder or of UMAP; a test says when it is due.
"""

from __future__ import annotations

import json
import tempfile

import numpy as np

from embeddings_core.encoders import encode
from embeddings_core.projections import project
from embeddings_core.samples import FOLDER, sample
from embeddings_core.store import Store, result_key


def main() -> None:
    """Compute everything in an empty store, and write what the store then holds."""
    with tempfile.TemporaryDirectory() as home:
        store = Store(home)
        data = sample("everyday", store)
        space = encode(data, "minilm", store=store)
        plane = project(space, "umap", store=store)
        kept = store.get_result(plane.fingerprint)
    if kept is None:
        raise RuntimeError("the store did not keep the map")
    arrays, note = kept
    about = {
        "encoder_fingerprint": space.encoder_fingerprint,
        "space": result_key("space", data.fingerprint, space.encoder_fingerprint),
        "projection": plane.fingerprint,
        "note": note,
    }
    np.savez(
        FOLDER / "everyday.npz",
        allow_pickle=False,
        about=np.array(json.dumps(about)),
        items=np.array([np.frombuffer(key, dtype=np.uint8) for key in data.keys]),
        vectors=space.vectors,
        **{f"map_{name}": array for name, array in arrays.items()},
    )


if __name__ == "__main__":
    main()
