"""A language model that computes with whole numbers of 8 bits: faster on a processor, and approximate.

No SPEC here, so this file is no plug-in.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from functools import cache
from typing import Any

from ..errors import ModelUnavailable, ParameterError
from ..plugins import EncoderSpec, Param
from ._loading import device

FLOAT32, INT8 = "float32", "int8"
PRECISION = Param(
    "precision", "Precision", "float32 is the model as it was published. int8 computes with whole numbers of 8 bits: "
    "faster on a processor (not on a GPU), and approximate. Its vectors are others, and some neighbors change: how "
    "many, “About this encoding” beside the map tells.",
    FLOAT32, "choice", choices=(FLOAT32, INT8),
)  # fmt: skip
_INPUTS = 127
_WEIGHTS = 64  # more would overflow the 16-bit sums of processors that have no instruction of their own for this
_LEAST = 1e-12


def marked(spec: EncoderSpec, precision: str) -> EncoderSpec:
    """`spec` as that of a model of this precision, which says what is approximate."""
    if precision == FLOAT32:
        return spec
    said = "The model computes with 8-bit numbers (int8): vectors and some neighbors are not those of float32."
    return replace(spec, label=f"{spec.label}, int8", approximate=said)


def quantized(model: Any, label: str) -> Any:
    """A copy of a float32 torch module whose linear layers compute in int8; all other weights are shared with it.

    Each token's inputs and each output's weights have a scale of their own (Yao et al., "ZeroQuant", NeurIPS 2022), so
    that no text depends on those beside it, but for rounding: what lies between two steps, other company may push to
    the other one. Raises ModelUnavailable where models run on a GPU, ParameterError where no layer is linear.
    """
    if device() != "cpu":
        raise ModelUnavailable(
            f"{label}: models run on a GPU here, where int8 is not supported and float32 is fast.",
            f"Set {PRECISION.label} back to {FLOAT32}.",
        )
    made = copy.deepcopy(model, {id(weights): weights for weights in model.parameters()})
    if not _replace_layers(made):
        raise ParameterError(
            f"{label}: this model has no layers that int8 makes faster.", f"Set {PRECISION.label} back to {FLOAT32}."
        )
    return made.eval()


def _replace_layers(module: Any) -> int:
    """Have all linear layers in `module` compute in int8; how many there are."""
    count = 0
    for name, layer in list(module.named_children()):
        weights = _weights(layer)
        if weights is None:
            count += _replace_layers(layer)
        else:
            setattr(module, name, _layer()(weights.detach(), layer.bias))
            count += 1
    return count


def _weights(layer: Any) -> Any:
    """The weights (out, in) of a linear layer, None of any other. Descendants of these classes may do more, and are
    left as they are."""
    import torch
    from transformers.pytorch_utils import Conv1D

    if type(layer) is torch.nn.Linear:
        return layer.weight
    return layer.weight.t() if type(layer) is Conv1D else None  # GPT-2's


@cache
def _layer() -> Any:
    """The class of a linear layer in int8; made by the first call, because it takes torch."""
    import torch

    class Int8Linear(torch.nn.Module):  # type: ignore[misc]
        """`weight` (out, in) is int8, as T5 asks of its layers; inputs (..., in) and outputs (..., out) are float32."""

        def __init__(self, weights: Any, bias: Any) -> None:
            super().__init__()
            scale = weights.abs().amax(1).clamp_(min=_LEAST) / _WEIGHTS
            self.register_buffer("weight", torch.round(weights / scale[:, None]).to(torch.int8).contiguous())
            self.register_buffer("scale", scale)
            self.register_buffer("bias", torch.zeros_like(scale) if bias is None else bias.detach())

        def forward(self, inputs: Any) -> Any:
            rows = inputs.reshape(-1, inputs.shape[-1])
            # the norm "inf" says the same, 15 times as slowly
            largest = torch.maximum(rows.amax(1, keepdim=True), rows.amin(1, keepdim=True).neg_()).clamp_(min=_LEAST)
            whole = (rows * (_INPUTS / largest)).round_().to(torch.int8)
            # what torchao computes int8 with; torch's own torch.ao.quantization is deprecated
            sums = torch._int_mm(whole, self.weight.t()) * largest.div_(_INPUTS)
            return torch.addcmul(self.bias, sums, self.scale, out=sums).view(*inputs.shape[:-1], len(self.scale))

    return Int8Linear
