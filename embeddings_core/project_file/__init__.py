"""The project file: everything of a workspace as one zip, to be opened on another machine without any model.

    manifest.json                        "format", "version", and for every other part its "path", "size" in bytes and
                                         "sha256" in hexadecimal digits
    datasets/<dataset>/items.parquet     one row an item: the item, then its metadata          (shelf.py)
    datasets/<dataset>/dataset.json      its name, kind, license, source and columns
    datasets/<dataset>/vectors.npy       vectors (n, d) float32 that came with the items, where some did
    pictures/<2 digits>/<sha256>         the encoded bytes of a picture; sounds/ likewise
    encodings/<dataset>/<key>.npz        vectors (n, d) float32 by an encoder, its id and fingerprint (encodings.py)
    results/<key>.npz                    a map or groups of such a space, or what a view has selected (store.py)
    selections/<dataset>/<key>.json      a selection under a name                              (selections.py)
    groups/<dataset>/<key>.npz           groups edited by hand, under a name                   (edits.py)
    stories/<its own key>.json           views in an order                                     (stories.py)

<dataset> and <key> are fingerprints: what is in a file tells how it must be called. The parts lie in the zip as they
are, not compressed, so that a file can never unpack to more than its own size; arrays are stored without pickle.

Nothing in such a file is believed. It is unpacked into a folder of its own (unpacking.py), brought up to the version
of today (migrations.py), read as a whole, and every fingerprint made anew from the content (checking.py); only then it
moves into the store, all or nothing, and what is there already stays (moving.py). What cannot be made anew without the
model are the vectors and the encoder's fingerprint; so they count for the data in the file alone, and no vector goes
into the cache that other data shares.

Left out: what follows from the rest (neighbors, trust, names on the map), and the index of a large space, whose bytes
cannot be checked.
"""

from .moving import Opened, open_project
from .packing import save_project
from .unpacking import is_project

__all__ = ["Opened", "is_project", "open_project", "save_project"]
