"""Real English to measure on: sentences of the documentation in installed packages."""

from __future__ import annotations

import ast
import random
import re
import warnings
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

PACKAGES = (
    "torch", "sklearn", "scipy", "transformers", "pandas", "numpy", "streamlit", "keras", "plotly", "huggingface_hub",
    "torchvision", "timm", "gensim", "sentence_transformers", "networkx", "sympy", "PIL", "hypothesis", "umap",
)  # fmt: skip
SHORTEST, LONGEST = 25, 110
"""Characters of a sentence: short ones are encoded in bearable time."""
_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_PROSE = re.compile(r"[A-Z][\w ,;:'’()-]+[.!?]")


def sentences(most: int, seed: int = 0) -> list[str]:
    """Up to `most` different sentences, a seeded sample in random order."""
    found = sorted({sentence for folder in _folders() for sentence in _of(folder)})
    random.Random(seed).shuffle(found)
    return found[:most]


def _folders() -> Iterator[Path]:
    for package in PACKAGES:
        spec = find_spec(package)
        if spec is not None and spec.submodule_search_locations:
            yield Path(next(iter(spec.submodule_search_locations)))


def _of(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*.py"):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(path.read_text(encoding="utf-8"))
        except (SyntaxError, UnicodeDecodeError):
            continue  # a template or a test of odd code
        for node in ast.walk(tree):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
                for sentence in _END.split(" ".join((ast.get_docstring(node) or "").split())):
                    if SHORTEST <= len(sentence) <= LONGEST and _PROSE.fullmatch(sentence):
                        yield sentence
