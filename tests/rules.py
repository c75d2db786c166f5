"""The rules that hold the program's shape: each takes a file's source and yields what is wrong with it.

`test_architecture.py` runs them over the repository, and over small made-up files that break them.
"""

from __future__ import annotations

import ast
import graphlib
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
LONGEST = 300
"""Lines of the longest file."""
HEAVY = {
    "torch", "torchvision", "umap", "numba", "sklearn", "scipy", "faiss", "sentence_transformers", "transformers",
    "open_clip", "timm", "huggingface_hub",
}  # fmt: skip
UNSAFE_MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
ALLOWED_CODE = "hub.code_allowed()"
"""The one thing that may decide whether a model's own code runs: what whoever runs the server has set."""
MAY_IMPORT = {
    "app": {"components", "embeddings_core"},
    "pages": {"components", "embeddings_core"},
    "components": {"components", "embeddings_core"},
    "embeddings_core": {"embeddings_core"},
}
OURS = set(MAY_IMPORT)
DRAWING = {"streamlit", "plotly", "starlette"}


def sources() -> dict[str, str]:
    """Every Python file of the program, by its path from the root."""
    paths = [ROOT / "app.py", *(path for folder in sorted(OURS) for path in (ROOT / folder).rglob("*.py"))]
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths if path.exists()}


def module_name(path: str) -> str:
    """components/map/map.py -> components.map.map; a package's __init__.py is the package."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imports(path: str, source: str, everywhere: bool = True) -> Iterator[str]:
    """The full names that a file imports ("a.b" for `from a import b`); only those that run when the file
    is imported unless `everywhere`."""
    tree = ast.parse(source)
    for node in ast.walk(tree) if everywhere else _at_import(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{_base(path, node)}.{alias.name}" for alias in node.names)


def _base(path: str, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = path.removesuffix("/__init__.py") if path.endswith("/__init__.py") else path.rpartition("/")[0]
    parts = package.split("/")
    return ".".join([*parts[: len(parts) - node.level + 1], *filter(None, [node.module])])


def _at_import(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when a file is imported: nothing in functions or under TYPE_CHECKING."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for other in child.orelse:
                yield from (other, *_at_import(other))
            continue
        yield from (child, *_at_import(child))


def direction(path: str, source: str) -> Iterator[str]:
    """app and pages import components and the core, components the core, the core nothing of ours."""
    layer = module_name(path).split(".")[0]
    for name in imports(path, source):
        top = name.split(".")[0]
        if top in OURS and top not in MAY_IMPORT[layer]:
            yield f"{layer} imports {name}"
        if layer == "embeddings_core" and top in DRAWING:
            yield f"the core imports {name}"


def drawing(path: str, source: str) -> Iterator[str]:
    """Only pages and components draw: app.py makes the app and no more."""
    if path == "app.py":
        yield from (f"app.py uses st.{name}" for name in _streamlit_names(source) if name != "App")


def caching(path: str, source: str) -> Iterator[str]:
    """Only components/cached.py names st.cache_*, only components/state.py st.session_state."""
    for name in _streamlit_names(source):
        if name.startswith("cache_") and path != "components/cached.py":
            yield f"names st.{name}"
        if name == "session_state" and path != "components/state.py":
            yield "names st.session_state"


def _streamlit_names(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    aliases = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name == "streamlit"
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in aliases:
            yield node.attr
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "streamlit":
            yield from (alias.name for alias in node.names)


def quiet(path: str, source: str) -> Iterator[str]:
    """In a script that Streamlit runs nothing stands alone but calls and docstrings: it would be shown on the page."""
    if path != "components/shell.py" and not path.startswith("pages/"):
        return
    for block in ast.walk(ast.parse(source)):
        told = isinstance(block, (ast.Module, ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(block) is not None
        for line in getattr(block, "body", [])[told:] if not isinstance(block, (ast.Lambda, ast.IfExp)) else []:
            if isinstance(line, ast.Expr) and not isinstance(line.value, ast.Call):
                yield f"shows {ast.unparse(line)[:40]}"


def safe(path: str, source: str) -> Iterator[str]:
    """Nothing runs code out of data: no pickle, no eval, no shell, no markup made of data."""
    for name in imports(path, source):
        if name.split(".")[0] in UNSAFE_MODULES:
            yield f"imports {name}"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield from _unsafe_call(node)


def _unsafe_call(node: ast.Call) -> Iterator[str]:
    called = ast.unparse(node.func)
    last = called.rpartition(".")[2]
    given = {word.arg: word.value for word in node.keywords if word.arg}
    if called in {"eval", "exec", "compile", "__import__"} or last in {"read_pickle", "to_pickle", "system", "popen"}:
        yield f"calls {called}"
    if ast.unparse(given.get("trust_remote_code", ast.Constant(False))) not in {"False", ALLOWED_CODE}:
        yield "gives trust_remote_code"
    for word in ("allow_pickle", "unsafe_allow_html", "unsafe_allow_javascript", "shell"):
        if word in given and not (isinstance(given[word], ast.Constant) and not given[word].value):
            yield f"gives {word}"
    if called == "torch.load" and ast.unparse(given.get("weights_only", ast.Constant(False))) != "True":
        yield "calls torch.load without weights_only=True"
    if last == "html" and node.args and not _constant(node.args[0]):
        yield f"calls {called} with data"


def _constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id.isupper())


def light(path: str, source: str) -> Iterator[str]:
    """Heavy packages are imported by the function that needs them."""
    for name in imports(path, source, everywhere=False):
        if name.split(".")[0] in HEAVY:
            yield f"imports {name} at its top"


def short(path: str, source: str) -> Iterator[str]:
    """A file that is too long holds two things."""
    lines = source.count("\n") + 1
    if lines > LONGEST + 1:
        yield f"has {lines - 1} lines, more than {LONGEST}"


def script(path: str, source: str) -> Iterator[str]:
    """Scripts put data into the page as text: markup may be made of our own ICONS only."""
    for line in source.splitlines():
        if re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", line):
            made = re.sub(r"\$\{ICONS\[\w+\]\}", "", line)
            if "${" in made or not re.search(r"innerHTML = [`\"'].*[`\"'];?$", made):
                yield f"makes markup: {line.strip()}"


def cycles(files: Mapping[str, str]) -> list[str]:
    """The modules of one import cycle, if there is any; what functions import does not count."""
    names = {module_name(path) for path in files}
    graph = {
        module_name(path): {
            target
            for name in imports(path, source, everywhere=False)
            if (target := name if name in names else name.rpartition(".")[0]) in names
        }
        for path, source in files.items()
    }
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []


def imported(files: Mapping[str, str]) -> set[str]:
    """The top modules that files import anywhere."""
    return {name.split(".")[0] for path, source in files.items() for name in imports(path, source)}


def named(files: Mapping[str, str]) -> set[str]:
    """What files import, and every word that they name as a text, as `Need("timm", ...)` does."""
    nodes = [node for source in files.values() for node in ast.walk(ast.parse(source))]
    texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return imported(files) | {text for text in texts if text.isidentifier()}


Rule = Callable[[str, str], Iterator[str]]
RULES: tuple[Rule, ...] = (direction, drawing, caching, quiet, safe, light, short)
