"""The architecture is a test, not a paragraph: who may import whom, who may name what."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from importlib.metadata import packages_distributions

import pytest
import rules
from rules import HEAVY, OURS, ROOT, Rule

import embeddings_core

SOURCES = rules.sources()
SCRIPTS = [path for folder in sorted(OURS) for path in (ROOT / folder).rglob("*") if path.suffix in {".js", ".css"}]


def broken(rule: Rule, files: dict[str, str]) -> list[str]:
    return [f"{path} {problem}" for path, source in files.items() for problem in rule(path, source)]


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_every_file_keeps_the_rule(rule: Rule) -> None:
    assert {"app", *OURS} == {path.split("/")[0].removesuffix(".py") for path in SOURCES}
    assert broken(rule, SOURCES) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_and_styles_are_short_and_make_no_markup_of_data(path) -> None:  # type: ignore[no-untyped-def]
    source = path.read_text(encoding="utf-8")
    assert [*rules.short(path.name, source), *rules.script(path.name, source)] == []


def test_there_is_no_import_cycle() -> None:
    assert rules.cycles(SOURCES) == []


WRONG = [
    (rules.direction, "embeddings_core/a.py", "import streamlit as st"),
    (rules.direction, "embeddings_core/a.py", "def f():\n    from plotly import graph_objects"),
    (rules.direction, "embeddings_core/a.py", "from components.state import AppState"),
    (rules.direction, "components/a.py", "import pages.data"),
    (rules.direction, "components/a.py", "import app"),
    (rules.direction, "components/map/a.py", "from ...pages import data"),
    (rules.direction, "pages/a.py", "from pages.data import x"),
    (rules.direction, "pages/a.py", "from . import data"),
    (rules.drawing, "app.py", "import streamlit as st\nst.write(1)"),
    (rules.caching, "components/a.py", "import streamlit as st\n@st.cache_data\ndef f(): ..."),
    (rules.caching, "components/a.py", "import streamlit\n@streamlit.cache_resource(ttl=1)\ndef f(): ..."),
    (rules.caching, "pages/a.py", "from streamlit import cache_data"),
    (rules.caching, "pages/a.py", "import streamlit as st\nst.session_state['a'] = 1"),
    (rules.caching, "components/cached.py", "import streamlit as st\nst.session_state.a = 1"),
    (rules.quiet, "components/shell.py", 'A = 1\n"""What A is."""'),
    (rules.quiet, "pages/a.py", "def f():\n    if x:\n        x"),
    (rules.safe, "embeddings_core/a.py", "import pickle"),
    (rules.safe, "embeddings_core/a.py", "def f():\n    from joblib import load"),
    (rules.safe, "pages/a.py", "eval('1')"),
    (rules.safe, "pages/a.py", "import pandas as pd\npd.read_pickle(p)"),
    (rules.safe, "pages/a.py", "np.load(p, allow_pickle=True)"),
    (rules.safe, "pages/a.py", "np.load(p, allow_pickle=wanted)"),
    (rules.safe, "pages/a.py", "torch.load(p)"),
    (rules.safe, "embeddings_core/a.py", "load(p, trust_remote_code=True)"),
    (rules.safe, "embeddings_core/a.py", "load(p, trust_remote_code=wanted)"),
    (rules.safe, "pages/a.py", "st.markdown(text, unsafe_allow_html=True)"),
    (rules.safe, "pages/a.py", "st.html(f'<b>{text}</b>')"),
    (rules.safe, "pages/a.py", "st.html(text)"),
    (rules.safe, "pages/a.py", "subprocess.run(c, shell=True)"),
    (rules.light, "embeddings_core/a.py", "import torch"),
    (rules.light, "components/a.py", "from sklearn.cluster import KMeans"),
    (rules.light, "embeddings_core/a.py", "class A:\n    import umap"),
    (rules.light, "embeddings_core/a.py", "try:\n    import faiss\nexcept ImportError:\n    faiss = None"),
    (rules.short, "embeddings_core/a.py", "x = 1\n" * 301),
    (rules.script, "a.js", "card.innerHTML = text;"),
    (rules.script, "a.js", "card.innerHTML = `<b>${text}</b>`;"),
    (rules.script, "a.js", "card.insertAdjacentHTML('beforeend', text)"),
]
RIGHT = [
    (rules.direction, "embeddings_core/a.py", "from .space import Space\nfrom ..store import Store\nimport numpy"),
    (rules.direction, "components/a.py", "import streamlit\nfrom components.state import x\nimport embeddings_core"),
    (rules.direction, "pages/a.py", "from components import cached\nimport embeddings_core as ec"),
    (rules.drawing, "app.py", "import streamlit as st\napp = st.App('x')"),
    (rules.caching, "components/cached.py", "import streamlit as st\n@st.cache_resource\ndef f(): ..."),
    (rules.caching, "components/state.py", "import streamlit as st\nst.session_state['a'] = 1"),
    (rules.quiet, "pages/a.py", '"""A page."""\ndef f():\n    """Draw it."""\n    draw()\nf()'),
    (rules.quiet, "components/a.py", 'A = 1\n"""What A is."""'),
    (rules.safe, "pages/a.py", "import re\nre.compile('a')\nnp.load(p, allow_pickle=False)\nst.html(STYLES)"),
    (rules.safe, "pages/a.py", "torch.load(p, weights_only=True)\nst.html('<b>fixed</b>')"),
    (rules.safe, "embeddings_core/a.py", "load(p, trust_remote_code=hub.code_allowed())"),
    (rules.light, "embeddings_core/a.py", "def f():\n    import torch"),
    (rules.light, "embeddings_core/a.py", "if TYPE_CHECKING:\n    import torch"),
    (rules.short, "embeddings_core/a.py", "x = 1\n" * 300),
    (rules.script, "a.js", 'card.textContent = text; button.innerHTML = `<path d="${ICONS[tool]}"/>`;'),
]


@pytest.mark.parametrize(("rule", "path", "source"), WRONG)
def test_a_rule_catches_what_breaks_it(rule: Rule, path: str, source: str) -> None:
    assert list(rule(path, source)) != []


@pytest.mark.parametrize(("rule", "path", "source"), RIGHT)
def test_a_rule_lets_through_what_keeps_it(rule: Rule, path: str, source: str) -> None:
    assert list(rule(path, source)) == []


def test_cycles_are_found_where_they_run_at_import() -> None:
    there = "from .b import x"
    assert set(rules.cycles({"core/a.py": there, "core/b.py": "from . import a"})) == {"core.a", "core.b"}
    assert set(rules.cycles({"core/a.py": "import core.b", "core/b.py": "from core.a import y"})) == {
        "core.a",
        "core.b",
    }
    assert rules.cycles({"core/a.py": there, "core/b.py": "def f():\n    from . import a"}) == []
    assert rules.cycles({"core/a.py": there, "core/b.py": "if TYPE_CHECKING:\n    from .a import y"}) == []


def test_listing_everything_imports_nothing_heavy() -> None:
    program = (
        "import sys, embeddings_core as ec\n"
        "assert ec.encoders() and ec.projections() and ec.clusterings() and ec.readers() and ec.samples()\n"
        "assert ec.lessons() and ec.glossary()\n"
        "print(' '.join(sorted({name.split('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "embeddings_core" in loaded
    assert loaded & (HEAVY | rules.DRAWING) == set()


PUBLIC = {name: getattr(embeddings_core, name) for name in embeddings_core.__all__}


@pytest.mark.parametrize(
    "name", [name for name, thing in PUBLIC.items() if inspect.isclass(thing) or inspect.isfunction(thing)]
)
def test_every_public_name_has_a_docstring(name: str) -> None:
    thing = PUBLIC[name]
    # a dataclass without a docstring of its own gets its signature for one
    assert thing.__doc__
    assert not thing.__doc__.startswith(f"{name}(")
    if inspect.isfunction(thing):
        assert inspect.signature(thing).return_annotation is not inspect.Signature.empty


def requirements() -> set[str]:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return {plain(match[0]) for line in lines if (match := re.match(r"[A-Za-z0-9][\w.-]*", line))}


def plain(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


def packages_of(modules: set[str]) -> set[str]:
    known = packages_distributions()
    return {plain(package) for module in modules for package in known.get(module, [])}


def test_every_requirement_is_imported_or_told_to_be_indirect() -> None:
    tests = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py")}
    used = packages_of(rules.named(SOURCES) | rules.imported(tests))
    told = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").lower().splitlines()
    indirect = " ".join(plain(line) for line in told if "indirect" in line)
    assert [name for name in sorted(requirements() - used) if name not in indirect] == []


def test_every_package_that_is_imported_is_required() -> None:
    foreign = rules.imported(SOURCES) - OURS - set(sys.stdlib_module_names)
    told = {need.module for spec in embeddings_core.encoders() for need in spec.needs}  # with their install line
    missing = [module for module in sorted(foreign - told) if not packages_of({module}) & requirements()]
    assert missing == []
