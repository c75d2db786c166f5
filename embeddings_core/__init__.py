"""Explore embedding spaces from Python: read data, encode it, project it, ask what is near what.

    import embeddings_core as ec

    data = ec.sample("everyday")                 # or ec.read("tickets.csv", text="body")
    space = ec.encode(data, "minilm")
    plane = ec.project(space, "umap", seed=0)    # plane.coords (n, 2)
    hits = ec.neighbors(space, "late delivery")  # hits.indices, hits.scores
    groups = ec.cluster(space, "hdbscan")        # groups.labels, -1 is noise

Importing this package imports nothing heavy: torch, umap, scikit-learn and the like are loaded by the
call that needs them.
"""

from __future__ import annotations

from .clusterings import cluster
from .encoders import encode, encoders_for, get_encoder
from .errors import CoreError
from .export import export
from .jobs import Job, submit
from .labels import name_groups
from .neighbors import METRICS, neighbors
from .plugins import EncoderSpec, MethodSpec, Param, ReaderSpec, specs
from .projections import place, project
from .readers import load, read
from .samples import sample, samples
from .space import Clustering, Dataset, Neighbors, Picture, Projection, Space
from .store import Store, get_store


def encoders() -> tuple[EncoderSpec, ...]:
    """Every encoder family there is, without importing any model."""
    return specs("encoders")


def projections() -> tuple[MethodSpec, ...]:
    """Every projection there is."""
    return specs("projections")


def clusterings() -> tuple[MethodSpec, ...]:
    """Every clustering there is."""
    return specs("clusterings")


def readers() -> tuple[ReaderSpec, ...]:
    """Every file format there is."""
    return specs("readers")


__all__ = [
    "METRICS", "Clustering", "CoreError", "Dataset", "EncoderSpec", "Job", "MethodSpec", "Neighbors",
    "Param", "Picture", "Projection", "ReaderSpec", "Space", "Store", "cluster", "clusterings", "encode",
    "encoders", "encoders_for", "export", "get_encoder", "get_store", "load", "name_groups", "neighbors",
    "place", "project", "projections", "read", "readers", "sample", "samples", "specs", "submit",
]  # fmt: skip
