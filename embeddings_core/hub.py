"""Model hubs: whether one can be reached, and a model's files as a local folder.

A model from a hub is first brought into the Hugging Face cache, then loaded from that folder, never over
the network: what is loaded is pinned to one revision, and without a hub the answer comes in seconds, not
after minutes of retries. Only configuration, tokenizers and safetensors weights are fetched: neither
pickles nor code, unless whoever runs the server allows the code (`code_allowed`).
"""

from __future__ import annotations

import os
import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import CoreError, ModelUnavailable
from .hub_errors import essence, of_hub

OFFLINE_HINT = (
    "Connect to the internet, or set HF_ENDPOINT to a mirror. These work without: minilm for texts; "
    "imagenet (typed text finds pictures over its ConSE bridge) and pixels for pictures; mel for sounds; rows for "
    "tables."
)
FILES = ["*.safetensors", "*.json", "*.txt", "*.model", "*.jinja", "*.tiktoken"]
CARD = "README.md"
CODE = "EMBEDDINGS_ALLOW_MODEL_CODE"
_REMEMBER = 60.0  # seconds for which an answer of `reachable` holds
_answers: dict[str, tuple[float, bool]] = {}
_lock = threading.Lock()
_loads = 0
_before = False


def reachable(host: str = "huggingface.co", seconds: float = 3) -> bool:
    """Whether the hub answers within `seconds`, asked at most once a minute.

    HF_ENDPOINT names another address, HF_HUB_OFFLINE=1 means no, and the proxies of the environment are
    used. A name server that hangs cannot make this any longer: the question is asked in a thread.
    """
    url = os.environ.get("HF_ENDPOINT") or f"https://{host}"
    if _is_set("HF_HUB_OFFLINE") or _is_set("TRANSFORMERS_OFFLINE"):
        return False
    known = _answers.get(url)
    if known and time.monotonic() - known[0] < _REMEMBER:
        return known[1]
    heard: list[bool] = []
    asking = threading.Thread(target=lambda: heard.append(_ask(url, seconds)), daemon=True)
    asking.start()
    asking.join(seconds)
    answer = bool(heard and heard[0])
    _answers[url] = (time.monotonic(), answer)
    return answer


def _ask(url: str, seconds: float) -> bool:
    try:
        request = urllib.request.Request(url, method="HEAD", headers={"User-Agent": "embedding-explorer"})
        # an opener of its own: urlopen keeps the proxies that it saw at first
        with urllib.request.build_opener().open(request, timeout=seconds):
            return True
    except urllib.error.HTTPError as error:
        # a mirror may have no front page; a proxy that refuses says 403 or 407
        return error.code < 500 and error.code not in (403, 407)
    except (OSError, ValueError):
        return False


def _is_set(name: str) -> bool:
    return os.environ.get(name, "").upper() in {"1", "ON", "YES", "TRUE"}


def code_allowed() -> bool:
    """Whether whoever runs this has allowed that code which comes with a model is run; off by default."""
    return _is_set(CODE)


def wanted_files() -> list[str]:
    """Patterns of the files that make a model's vectors: FILES, and its code where that is allowed."""
    return [*FILES, "*.py"] if code_allowed() else FILES


def cache_folder() -> Path:
    """Where the Hugging Face libraries keep what they downloaded."""
    if given := os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE"):
        return Path(given).expanduser()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(os.environ.get("HF_HOME") or Path(base, "huggingface")).expanduser() / "hub"


def cached(model_id: str) -> Path | None:
    """The cached files of a model at the revision that was downloaded, None without its weights."""
    repository = cache_folder() / f"models--{model_id.replace('/', '--')}"
    try:
        commit = (repository / "refs" / "main").read_text(encoding="utf-8").strip()
    except OSError:
        return None
    folder = repository / "snapshots" / commit
    return folder if commit and any(folder.rglob("*.safetensors")) else None


def revision(model_id: str) -> str:
    """The commit of "organization/name": the one in the cache, else the hub's newest.

    What is in the cache stays at its revision, so that yesterday's vectors stay valid.
    Raises ModelUnavailable, within about 3 seconds when no hub can be reached.
    """
    known = cached(model_id)
    if known is not None:
        return known.name
    _need_hub(model_id)
    with _asking(model_id):
        from huggingface_hub import HfApi

        commit = HfApi(endpoint=_endpoint()).model_info(model_id, timeout=10).sha
    if not commit:
        raise ModelUnavailable(f"The hub names no revision of {model_id}.", "Check the model's page.")
    return str(commit)


def download(model_id: str, commit: str) -> Path:
    """The folder with the files of "organization/name" at `commit`, fetched where they are missing.

    Raises ModelUnavailable: no hub, no such model, or no weights as safetensors.
    """
    known = cached(model_id)
    if known is None or known.name != commit:
        _need_hub(model_id)
    if reachable():
        known = _fetch(model_id, commit)
    if known is None or not any(known.rglob("*.safetensors")):
        raise ModelUnavailable(
            f"{model_id} has no weights as safetensors.",
            "Pickled weights (.bin, .pt) can run any code and are never loaded: choose another model, or "
            "convert this one to safetensors and give its folder.",
        )
    return known


def _fetch(model_id: str, commit: str) -> Path:
    """Complete the cached snapshot (a download that was cut short goes on here)."""
    with _asking(model_id):
        from huggingface_hub import snapshot_download

        folder = Path(
            snapshot_download(
                model_id,
                revision=commit,
                cache_dir=cache_folder(),
                allow_patterns=[*wanted_files(), CARD],
                ignore_patterns=["onnx/*", "openvino/*"],
                etag_timeout=3,
                endpoint=_endpoint(),
            )
        )
    reference = folder.parent.parent / "refs" / "main"
    if not reference.exists():  # only a download by name writes it, and without it no one finds the files
        reference.parent.mkdir(parents=True, exist_ok=True)
        reference.write_text(commit, encoding="utf-8")
    return folder


def _endpoint() -> str | None:
    return os.environ.get("HF_ENDPOINT") or None


def _need_hub(model_id: str) -> None:
    if not re.fullmatch(r"[\w-][\w.-]*/[\w.-]+", model_id):
        raise ModelUnavailable(
            f"{model_id!r} is neither a folder here nor a model's name on the hub.",
            "Give a folder that exists, or a name such as sentence-transformers/all-mpnet-base-v2.",
        )
    if not reachable():
        where = _endpoint() or "huggingface.co"
        raise ModelUnavailable(f"{model_id} is not on this computer, and {where} does not answer.", OFFLINE_HINT)


@contextmanager
def explained(what: str, hint: str = "") -> Iterator[None]:
    """Any error of a model library inside becomes a ModelUnavailable with the essence of its message."""
    try:
        yield
    except CoreError:
        raise
    except Exception as error:
        raise ModelUnavailable(
            f"{what} could not be loaded: {essence(error)}",
            hint or "Check the model's name; private and gated models need HF_TOKEN in the environment.",
        ) from error


@contextmanager
def _asking(model_id: str) -> Iterator[None]:
    """Any error of asking the hub for a model inside becomes a ModelUnavailable that names its cause."""
    try:
        yield
    except CoreError:
        raise
    except Exception as error:
        raise of_hub(model_id, error, cache_folder()) from error


@contextmanager
def local_only() -> Iterator[None]:
    """While a model is loaded from its folder: quick failure for whatever a library still asks of a hub.

    Where a hub can be reached nothing changes, so that a download in another thread goes on.
    """
    global _loads, _before
    if reachable():
        yield
        return
    from huggingface_hub import constants

    with _lock:
        _before = _before if _loads else constants.HF_HUB_OFFLINE
        _loads += 1
        constants.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        with _lock:
            _loads -= 1
            constants.HF_HUB_OFFLINE = True if _loads else _before
