"""A core `Param` becomes a widget, bound to the method's settings in the state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from components.state import get_state, tie
from embeddings_core import CoreError, MethodSpec, Param

STEPS = 200
"""Steps of a slider that can still be set by hand; a number of more is typed."""


def method_settings(spec: MethodSpec, largest: int | None = None) -> dict[str, Any]:
    """One widget a parameter; returns the chosen settings. `largest` (items) caps whole numbers."""
    return {param.name: _setting(spec.id, param, largest) for param in spec.params}


def chosen_settings(spec: MethodSpec, largest: int | None = None) -> dict[str, Any]:
    """What is chosen for a method, without drawing: a link may carry what is out of range, which is dropped.
    `largest` (items) caps whole numbers, as the widgets do."""
    chosen = get_state().setting(spec.id)
    for param in spec.params:
        try:
            chosen[param.name] = param.check(chosen.get(param.name, param.default))
        except CoreError:
            chosen[param.name] = param.default
    for name in set(chosen) - {param.name for param in spec.params}:
        del chosen[name]
    settings = dict(chosen)
    for param in spec.params:
        if param.kind == "int":
            settings[param.name] = min(settings[param.name], _highest(param, largest))
        if chosen[param.name] == param.default:
            del chosen[param.name]
    return settings


def _highest(param: Param, largest: int | None) -> int:
    """The most that a whole number can be with so many items."""
    low, high = int(param.low or 0), int(param.high or 100)
    return high if largest is None else max(low + 1, min(high, largest))


def _setting(method: str, param: Param, largest: int | None) -> Any:
    chosen = get_state().setting(method)

    def change(value: Any) -> None:
        if value == param.default:
            chosen.pop(param.name, None)
        else:
            chosen[param.name] = value

    return setting(f"{method}-{param.name}", param, chosen.get(param.name, param.default), change, largest, param.empty)


def setting(
    key: str, param: Param, value: Any, change: Callable[[Any], None], largest: int | None = None, empty: str = "none"
) -> Any:
    """The widget of one parameter, which shows `value` and hands what is chosen to `change`; what is chosen.
    `largest` (items) caps whole numbers; `empty` says what an empty text means."""
    if param.kind == "flag":
        return st.toggle(param.label, help=param.help, **tie(key, bool(value), change))
    if param.kind == "choice":
        return st.selectbox(param.label, param.choices, help=param.help, **tie(key, value, change))
    if param.kind == "text":
        return st.text_input(param.label, help=param.help, placeholder=empty, **tie(key, str(value), change))
    kind = int if param.kind == "int" else float
    low, high = kind(param.low or 0), kind(param.high or 100)
    if param.kind == "int":
        high = kind(_highest(param, largest))
    step = kind(param.step) if param.step else (1 if kind is int else 0.01)
    value = min(max(kind(value), low), high)
    bound = tie(key, value, change)
    if (high - low) / step > STEPS:
        return st.number_input(param.label, low, high, step=step, help=param.help, **bound)
    return st.slider(param.label, low, high, step=step, help=param.help, **bound)


def one_of(label: str, key: str, specs: Sequence[MethodSpec], value: str, change: Any) -> MethodSpec:
    """A row of buttons, one a method; its summary stands below."""
    by_id = {spec.id: spec for spec in specs}
    chosen = st.segmented_control(
        label, list(by_id), required=True, format_func=lambda id: by_id[id].label, **tie(key, value, change)
    )
    spec = by_id[chosen]
    st.caption(spec.summary)
    return spec
