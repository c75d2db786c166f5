"""What the space is like by itself, with what is normal."""

from __future__ import annotations

import math

import streamlit as st

import embeddings_core as ec
from components import waiting
from components.trusting.meters import Meter, draw_meters, figure
from embeddings_core.diagnose import Diagnosis
from embeddings_core.diagnose.normal import Reading

WORDS = {"usual": "That is usual", "low": "That is low", "high": "That is high", "unknown": "It is not defined here"}


def diagnosis_section(space: ec.Space) -> None:
    """Draw the section; it computes when it is open."""
    section = st.expander("The space itself", key="diagnosis", icon=":material/straighten:", on_change="rerun")
    if not section.open:
        return
    with section:
        found: Diagnosis | None = waiting.computed(
            "diagnosis", f"diagnosis-{space.fingerprint}", "Measuring the space", ec.diagnose, space, counts="share"
        )
        if found is None:
            return
        st.caption("What the vectors are like, whatever the map. The gray part of a bar is what is usual.")
        draw_meters([meter(reading) for reading in found.readings], key="diagnosis_meters")
        low, middle, high = (figure(norm) for norm in found.norms)
        told = [f"Lengths of the vectors: {low} to {high}, half are below {middle}."]
        if found.sampled:
            told.append(f"Most figures are measured on {found.measured:,} of {found.n:,} items, drawn by chance.")
        st.caption(" ".join(told))


def meter(reading: Reading) -> Meter:
    """A figure with what it means and what is usual."""
    measure, value = reading.measure, reading.value
    known = not math.isnan(value)
    end = 1.0 if measure.high <= 1 else max(1.6 * measure.high, value if known else 0)
    says = f"{measure.meaning} {WORDS[reading.verdict]}: {measure.low:g} to {measure.high:g} is normal."
    says = says.replace(" -", " −")
    if reading.verdict != "usual":
        says += f" {measure.reason}"
    band = max(0.0, measure.low) / end, measure.high / end
    return Meter(measure.label, figure(value), says, max(0.0, value) / end if known else None, reading.known, band)
