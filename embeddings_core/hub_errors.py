"""What went wrong when a hub was asked for a model, each cause with its own message and cure."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from .errors import ModelUnavailable

_FULL = {errno.ENOSPC, errno.EDQUOT}
_CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}


def of_hub(model_id: str, error: Exception, folder: Path) -> ModelUnavailable:
    """The ModelUnavailable for what the hub's client raised; `folder` is where downloads are kept."""
    for cause in _chain(error):
        if isinstance(cause, OSError) and cause.errno in _FULL:
            return ModelUnavailable(
                f"The disk is full: {model_id} does not fit into {folder}.",
                "Make room and try again (what has arrived is kept), or set HF_HOME to a folder on a larger disk.",
            )
        if isinstance(cause, OSError) and cause.errno in _CLOSED:
            return ModelUnavailable(
                f"{model_id} cannot be kept: {folder} cannot be written to.", "Set HF_HOME to a folder of yours."
            )
    return _refused(model_id, error) or _broken(model_id, error)


def _refused(model_id: str, error: Exception) -> ModelUnavailable | None:
    """What the hub answered, where it answered."""
    from huggingface_hub import errors

    page = f"https://huggingface.co/{model_id}"
    token = bool(os.environ.get("HF_TOKEN"))
    status = getattr(getattr(error, "response", None), "status_code", None)
    if isinstance(error, errors.GatedRepoError):
        return ModelUnavailable(
            f"{model_id} is gated: its owners decide who may have it.",
            f"Ask for access on {page}, then set HF_TOKEN to a token of the account that was let in.",
        )
    if isinstance(error, errors.RevisionNotFoundError):
        return ModelUnavailable(f"{model_id} is on the hub, but not in this version.", f"Look at {page}.")
    if isinstance(error, errors.RepositoryNotFoundError):
        # without a token the hub says 401 for a private model and for one that does not exist
        return ModelUnavailable(
            f"The hub has no model {model_id}" + (" that this token may see." if token else " that everyone may see."),
            "Check the spelling. " + ("" if token else "For a private model set HF_TOKEN."),
        )
    if status == 401:
        return ModelUnavailable(
            f"The hub wants to know who asks for {model_id} (401)"
            + (", and does not accept the token in HF_TOKEN." if token else "."),
            "Set HF_TOKEN to a valid token: https://huggingface.co/settings/tokens makes one.",
        )
    if status == 403:
        return ModelUnavailable(f"The hub refuses {model_id} (403).", f"Look at {page}, or check the proxy's rules.")
    if status == 429:
        return ModelUnavailable("The hub was asked too often (429).", "Wait some minutes; a HF_TOKEN allows more.")
    if status is not None and status >= 500:
        return ModelUnavailable(f"The hub is in trouble ({status}).", "Try again later; what has arrived is kept.")
    return None


def _broken(model_id: str, error: Exception) -> ModelUnavailable:
    """No answer, or half of one."""
    names = {kind.__name__ for cause in _chain(error) for kind in type(cause).__mro__}
    if names & {"ConnectionError", "TransportError", "TimeoutError", "TimeoutException", "OfflineModeIsEnabled"}:
        return ModelUnavailable(
            f"The connection to the hub broke off while {model_id} was fetched.",
            "Try again: what has arrived is kept.",
        )
    return ModelUnavailable(
        f"{model_id} could not be fetched: {essence(error)}",
        "Check the model's name; private and gated models need HF_TOKEN in the environment.",
    )


def _chain(error: BaseException) -> list[BaseException]:
    """An error and what it was raised from."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__  # type: ignore[assignment]
    return found


def essence(error: BaseException) -> str:
    """The first line that says something, at most 200 characters."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:200].rstrip(".") + "."
