"""Spectrograms as hearing has it: the power of a sound in bands of the mel scale, over time.

No SPEC here, so this file is no plug-in.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from ..space import Floats

_LINEAR = 200 / 3  # Hz a mel below 1,000 Hz
_EDGE = 1000.0
_STEP = np.log(6.4) / 27  # how the logarithm of the frequency grows a mel above it
_BLOCK = 2048  # frames that are transformed at once, so that a long recording needs little memory


def mel_powers(samples: Floats, rate: int, window: int, hop: int, bands: int) -> Floats:
    """The power of `samples` (n,) in `bands` bands, (1 + n // hop, bands) float32.

    A Hann window of `window` samples moves by `hop`; it stands in the middle of its frame, with silence before
    and after the sound. The bands are those of Slaney's Auditory Toolbox (1998), as triangles of equal area.
    """
    half = window // 2
    padded = np.pad(np.asarray(samples, dtype=np.float32), (half, max(half, window - len(samples))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop][: 1 + len(samples) // hop]
    taper = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window)).astype(np.float32)
    filters = mel_filters(rate, window, bands).T
    blocks = [
        np.abs(np.fft.rfft(frames[start : start + _BLOCK] * taper)) ** 2 @ filters
        for start in range(0, len(frames), _BLOCK)
    ]
    return np.concatenate(blocks).astype(np.float32)


@cache
def mel_filters(rate: int, window: int, bands: int) -> Floats:
    """How much of each frequency of a window's spectrum a band gets, (bands, window // 2 + 1) float32."""
    edges = _hertz(np.linspace(0, _mel(rate / 2), bands + 2))
    frequencies = np.fft.rfftfreq(window, 1 / rate)
    widths = np.diff(edges)[:, None]
    away = edges[:, None] - frequencies
    triangles = np.maximum(0, np.minimum(-away[:-2] / widths[:-1], away[2:] / widths[1:]))
    filters = (triangles * (2 / (edges[2:] - edges[:-2]))[:, None]).astype(np.float32)
    filters.setflags(write=False)
    return filters


def _mel(hertz: float) -> float:
    if hertz < _EDGE:
        return hertz / _LINEAR
    return float(_EDGE / _LINEAR + np.log(hertz / _EDGE) / _STEP)


def _hertz(mels: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    edge = _EDGE / _LINEAR
    return np.where(mels < edge, mels * _LINEAR, _EDGE * np.exp(_STEP * (np.maximum(mels, edge) - edge)))
