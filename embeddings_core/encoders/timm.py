"""Pictures by any backbone of timm: classifiers (ResNet, ViT, ConvNeXt) and self-supervised ones (DINOv2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ModelUnavailable
from ..fingerprints import fingerprint
from ..plugins import EncoderSpec, Need
from ..space import Floats, Item
from ._loading import device, encode_pictures, in_channels_last, pictures_of
from ._source import Source, check_weights, settings_file

DEFAULT = "resnet50.a1_in1k"
WEIGHTS = "model.safetensors"
SPEC = EncoderSpec(
    id="timm",
    label="timm backbone",
    summary="Pictures by any of timm's models without its classifier: ResNet-50, or another one by its name, such as "
    "vit_small_patch14_dinov2.lvd142m.",
    reads=("image",),
    dimension=2048,
    license="Apache-2.0",
    source=f"https://huggingface.co/timm/{DEFAULT}",
    needs=(Need("timm", "timm"), Need("torch", "torch")),
    size_mb=102,
    hub=True,
)
_AT_ONCE = 8


def make(model: str) -> TimmEncoder:
    """The encoder of a timm model: "" is ResNet-50, otherwise a name of timm's ("vit_small_patch14_dinov2.lvd142m"),
    a hub id ("organization/name", with or without "hf-hub:") or a folder with config.json and model.safetensors."""
    return TimmEncoder(model)


class TimmEncoder:
    """The pooled features that a model gives to its classifier (Wightman, "PyTorch Image Models", 2019).

    Size, crop, mean and deviation of pictures are those of the model's own configuration.
    """

    batch = 4 * _AT_ONCE

    def __init__(self, model: str = "") -> None:
        name = (model or DEFAULT).removeprefix("hf-hub:").removeprefix("local-dir:")
        self._source = Source(name if "/" in name or Path(name).is_dir() else f"timm/{name}")
        self.spec = SPEC if not model else replace(
            SPEC, id=f"{SPEC.id}:{model}", label=model, summary=f"The timm model {model}, without its classifier.",
            dimension=None, license="see its page", source=model, size_mb=0, hub=self._source.hub,
        )  # fmt: skip

    @cached_property
    def fingerprint(self) -> str:
        """The digests of the files in a folder, or a hub model's revision. Raises ModelUnavailable within about
        3 seconds when the model is neither here nor to be had."""
        return fingerprint("timm", 1, self._source.checked(_check_folder), "features", "float32")

    def _parts(self) -> tuple[Any, Any]:
        """The network without its classifier and the transform of a picture, loaded by the first call."""
        return self._source.opened(self.spec.label, _check_folder, _load)

    def encode(self, items: Sequence[Item]) -> Floats:
        """Pictures as (n, d) float32."""
        pictures = pictures_of(items)
        if not pictures and self.spec.dimension:
            return np.empty((0, self.spec.dimension), dtype=np.float32)
        network, transform = self._parts()
        if not pictures:
            return np.empty((0, int(network.num_features)), dtype=np.float32)
        return encode_pictures(pictures, transform, lambda pixels: network(in_channels_last(pixels)), _AT_ONCE)


def _load(folder: Path) -> tuple[Any, Any]:
    """The network and its transform. The classifier is loaded too, so that every weight must fit, then taken off."""
    import timm
    from timm.data import create_transform, resolve_model_data_config

    network = timm.create_model(f"local-dir:{folder}", pretrained=True)
    config = resolve_model_data_config(network)
    if config["input_size"][0] != 3:
        raise ModelUnavailable(f"{folder.name} does not read pictures of three colors.", "Choose another model.")
    network.reset_classifier(0)
    return in_channels_last(network.eval().to(device())), create_transform(**config, is_training=False)


def _check_folder(folder: Path) -> None:
    """Raises ModelUnavailable unless the folder has timm's configuration and safetensors weights."""
    if "architecture" not in settings_file(folder, "config.json"):
        raise ModelUnavailable(
            f"{folder.name or folder} holds no timm model: its config.json names no architecture.",
            "Give a folder that timm.models.save_for_hf has written, or a model's name such as " + DEFAULT + ".",
        )
    check_weights(folder)
    if not (folder / WEIGHTS).is_file():
        raise ModelUnavailable(f"{folder.name} has no {WEIGHTS}.", f"Name its file of weights {WEIGHTS}.")
