"""Explore embedding spaces from Python: read data, encode it, project it, ask what is near what.

    import embeddings_core as ec

    data = ec.sample("everyday")                 # or ec.read("tickets.csv", text="body")
    space = ec.encode(data, "minilm")
    plane = ec.project(space, "umap", seed=0)    # plane.coords (n, 2)
    hits = ec.neighbors(space, "late delivery")  # hits.indices, hits.scores
    hits = ec.search(space, "late delivery", mode="hybrid")
    groups = ec.cluster(space, "hdbscan")        # groups.labels, -1 is noise

Importing this package imports nothing heavy: torch, umap, scikit-learn and the like are loaded by the
call that needs them.
"""

from __future__ import annotations

from .arithmetic import (
    combine,
    differing_dimensions,
    interpolate,
    mentioned,
    nearest_others,
    similarity_matrix,
)
from .axes import axis, weat
from .clusterings import choose_count, cluster
from .compare import Changes, Comparison, compare
from .compare.contest import Contest, contest
from .diagnose import Diagnosis, diagnose
from .encoders import dimension_names, encode, encoders_for, get_encoder, remaining
from .errors import Cancelled, CoreError, InputError
from .export import export, file_name
from .groups.levels import Levels, levels
from .groups.phrases import phrases
from .groups.profiles import Profile, profile
from .groups.stability import stability
from .groups.validity import agreement, validity
from .growing import append, extend
from .hub import reachable as hub_reachable
from .indexes import Index, make_index
from .jobs import Job, find_job, forget, submit
from .labels import name_groups
from .lessons import Lesson, Term, glossary, lesson, lessons
from .lessons.toys import toy, toys
from .neighbors import METRICS, neighbors
from .pictures import Picture
from .plugins import EncoderSpec, MethodSpec, Param, ReaderSpec, specs
from .procrustes import align
from .project_file import open_project, save_project
from .projections import place, project
from .queries import Query
from .readers import Loaded, Preview, load, paste, read
from .report import View, report
from .report.drawing import Colors
from .samples import sample, samples, seed
from .search import MODES, Mode, search
from .search.evidence import Evidence, WordDrop, evidence
from .search.retrieval import Judgment, Mean, QuerySet, judge, query_set
from .snapshot import snapshot, snapshot_page
from .space import Clustering, Dataset, Kind, Metric, Neighbors, Progress, Projection, Space
from .store import Store, get_store
from .trust import Trust, trust
from .trust.centers import Centers, center_distances
from .trust.null import Null, null_space
from .trust.recall import point_recall
from .trust.torn import Torn, torn
from .trust.wobble import Wobble, wobble
from .worklists.doubts import label_doubts
from .worklists.duplicates import duplicates, find_duplicates
from .worklists.hubs import find_hubs
from .worklists.modality import Matched, match_texts, modality_gap
from .worklists.outliers import find_outliers, outliers
from .zero_shot import ZeroShot, zero_shot


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
    "METRICS",
    "MODES",
    "Cancelled",
    "Changes",
    "Centers",
    "Clustering",
    "Colors",
    "Comparison",
    "Contest",
    "CoreError",
    "Dataset",
    "Diagnosis",
    "EncoderSpec",
    "Evidence",
    "Index",
    "InputError",
    "Job",
    "Judgment",
    "Kind",
    "Lesson",
    "Levels",
    "Loaded",
    "Matched",
    "Mean",
    "MethodSpec",
    "Metric",
    "Mode",
    "Neighbors",
    "Null",
    "Param",
    "Picture",
    "Preview",
    "Profile",
    "Progress",
    "Projection",
    "Query",
    "QuerySet",
    "ReaderSpec",
    "Space",
    "Store",
    "Term",
    "Torn",
    "Trust",
    "View",
    "Wobble",
    "WordDrop",
    "ZeroShot",
    "agreement",
    "align",
    "append",
    "axis",
    "center_distances",
    "choose_count",
    "cluster",
    "clusterings",
    "combine",
    "compare",
    "contest",
    "diagnose",
    "differing_dimensions",
    "dimension_names",
    "duplicates",
    "encode",
    "encoders",
    "encoders_for",
    "evidence",
    "export",
    "extend",
    "file_name",
    "find_duplicates",
    "find_hubs",
    "find_job",
    "find_outliers",
    "forget",
    "get_encoder",
    "get_store",
    "glossary",
    "hub_reachable",
    "interpolate",
    "judge",
    "label_doubts",
    "lesson",
    "lessons",
    "levels",
    "load",
    "make_index",
    "match_texts",
    "mentioned",
    "modality_gap",
    "name_groups",
    "nearest_others",
    "neighbors",
    "null_space",
    "open_project",
    "outliers",
    "paste",
    "phrases",
    "place",
    "point_recall",
    "profile",
    "project",
    "projections",
    "query_set",
    "read",
    "readers",
    "remaining",
    "report",
    "sample",
    "samples",
    "save_project",
    "search",
    "seed",
    "similarity_matrix",
    "snapshot",
    "snapshot_page",
    "specs",
    "stability",
    "submit",
    "torn",
    "toy",
    "toys",
    "trust",
    "validity",
    "weat",
    "wobble",
    "zero_shot",
]
