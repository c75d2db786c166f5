"""Pictures by the models of keras.applications: ResNet50, EfficientNetV2, MobileNet and the like, as features."""

from __future__ import annotations

import os
import sys
import threading
import warnings
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from .. import hub
from ..errors import ModelUnavailable, ParameterError
from ..fingerprints import fingerprint
from ..pictures import Picture
from ..plugins import EncoderSpec, Need
from ..space import Floats, Item
from ._loading import ahead, digest, pictures_of

DEFAULT = "EfficientNetV2B0"
HOST = "storage.googleapis.com"
SUFFIX = ".weights.h5"
SPEC = EncoderSpec(
    id="keras",
    label="Keras application",
    summary="Pictures by a model of keras.applications without its classifier: EfficientNetV2B0, or another one by its "
    "name, such as ResNet50.",
    reads=("image",),
    dimension=1280,
    license="Apache-2.0",
    source="https://keras.io/api/applications/",
    needs=(Need("keras", "keras"),),
    size_mb=24,
    hub=True,
)
# pixels of a side that a model was trained with, where these are not 224
_SIDES = {
    "Xception": 299, "InceptionV3": 299, "InceptionResNetV2": 299, "NASNetLarge": 331, "EfficientNetB1": 240,
    "EfficientNetB2": 260, "EfficientNetB3": 300, "EfficientNetB4": 380, "EfficientNetB5": 456, "EfficientNetB6": 528,
    "EfficientNetB7": 600, "EfficientNetV2B1": 240, "EfficientNetV2B2": 260, "EfficientNetV2B3": 300,
    "EfficientNetV2S": 384, "EfficientNetV2M": 480, "EfficientNetV2L": 480,
}  # fmt: skip
_AT_ONCE = 8


def make(model: str) -> KerasEncoder:
    """The encoder of a Keras application: "" is EfficientNetV2B0, otherwise "NAME", or "NAME=PATH" with weights from
    a file `.weights.h5` that `model.save_weights` has written, without the classifier."""
    return KerasEncoder(model)


class KerasEncoder:
    """The pooled features of a model of keras.applications, with its own preprocessing.

    Weights that Keras downloads are HDF5 files of arrays (never pickles), whose digests it checks. Whole models
    (`.keras`, `.h5`) are not loaded, because they may describe code. It runs on TensorFlow, JAX or PyTorch, as
    KERAS_BACKEND says; on PyTorch otherwise. A picture is scaled, whole, to the square that the model was trained with.
    """

    batch = 4 * _AT_ONCE

    def __init__(self, model: str = "") -> None:
        name, _, path = (model or DEFAULT).partition("=")
        self.name, self.path = name, Path(path).resolve() if path else None
        self.spec = SPEC if not model else replace(
            SPEC, id=f"{SPEC.id}:{model}", label=f"Keras {model}", summary=f"The Keras application {model}.",
            dimension=None, license="see its page", size_mb=0, hub=self.path is None,
        )  # fmt: skip
        self._lock = threading.RLock()
        self._loaded: tuple[Any, Any] | None = None

    @cached_property
    def fingerprint(self) -> str:
        """The weights' digest, or the version of Keras, which names them by digests. Raises ModelUnavailable."""
        if self.path is not None and not self.path.name.endswith(SUFFIX):
            raise ModelUnavailable(
                f"{self.path.name} is no file of weights alone.",
                f"Whole models may hold code and are not loaded: write model.save_weights('name{SUFFIX}').",
            )
        weights = digest(self.path) if self.path else version("keras")
        return fingerprint("keras", 1, self.name, weights, self._side, "average pooling", "float32")

    @property
    def _side(self) -> int:
        return _SIDES.get(self.name, 224)

    def _parts(self) -> tuple[Any, Any]:
        """The network and its preprocessing, loaded by the first call."""
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> tuple[Any, Any]:
        if "KERAS_BACKEND" not in os.environ and "keras" not in sys.modules:
            os.environ["KERAS_BACKEND"] = "torch"  # which is here
        _ = self.fingerprint  # refuses what is not to be loaded
        with hub.explained(self.spec.label, "Check the name and the file of weights."):
            from keras import applications

            build = getattr(applications, self.name, None)
            if not self.name[:1].isupper() or not callable(build):
                known = ", ".join(name for name in dir(applications) if name[0].isupper())
                raise ParameterError(f"Keras has no application {self.name!r}.", f"There are: {known}.")
            if self.path is None and not _kept(self.name) and not hub.reachable(HOST):
                raise ModelUnavailable(
                    f"The weights of {self.name} are not on this computer, and {HOST} does not answer.",
                    f"Connect to the internet, or give a file: keras:{self.name}=/folder/name{SUFFIX}",
                )
            weights = None if self.path else "imagenet"
            shape = (self._side, self._side, 3)
            network = build(include_top=False, weights=weights, pooling="avg", input_shape=shape)
            if self.path:
                with warnings.catch_warnings():
                    warnings.simplefilter("error")  # Keras only warns of layers that the file leaves out
                    network.load_weights(self.path)
            return network, sys.modules[build.__module__].preprocess_input

    def encode(self, items: Sequence[Item]) -> Floats:
        """Pictures as (n, d) float32."""
        pictures = pictures_of(items)
        if not pictures and self.spec.dimension:
            return np.empty((0, self.spec.dimension), dtype=np.float32)
        network, prepare = self._parts()
        found = [np.empty((0, int(network.output_shape[-1])), dtype=np.float32)]
        for batch in ahead(pictures, self._pixels, _AT_ONCE):
            pixels = prepare(np.stack(batch))
            with self._lock:
                found.append(np.asarray(network.predict_on_batch(pixels), dtype=np.float32))
        return np.concatenate(found)

    def _pixels(self, picture: Picture) -> Floats:
        from PIL import Image

        scaled = picture.open().resize((self._side, self._side), Image.Resampling.BICUBIC)
        return np.asarray(scaled, dtype=np.float32)


def _kept(name: str) -> bool:
    """Whether Keras has downloaded weights of that name before."""
    home = Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser() / "models"
    return any(path.name.lower().startswith(name.lower()) for path in home.glob("*notop*"))
