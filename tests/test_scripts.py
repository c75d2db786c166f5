"""The map's scripts: the pure ones tested in the Node.js that comes with Playwright, all of them linted together."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from playwright._impl._driver import compute_driver_executable
from rules import ROOT

FILES = sorted((Path(__file__).parent / "js").glob("*.test.mjs"))


def node() -> str:
    """The path of Node.js."""
    return str(compute_driver_executable()[0])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_script_does_what_its_tests_say(path: Path) -> None:
    done = subprocess.run([node(), "--test", str(path)], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_are_tests_of_scripts() -> None:
    assert FILES


def lint(source: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What oxlint says of a module: an error for what does not parse, and for a name that nothing declares."""
    path = folder / "module.mjs"
    path.write_text(source, encoding="utf-8")
    oxlint = Path(sys.executable).with_name("oxlint")
    command = [oxlint, "-c", ROOT / ".oxlintrc.json", "-D", "no-undef", path]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


def test_the_scripts_of_the_map_make_one_module(tmp_path: Path) -> None:
    from components.map.map import script

    done = lint(script(), tmp_path)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("wrong", ["missing();", "const twice = 1;\nfunction twice() {}", "eval(location.hash);"])
def test_a_wrong_module_is_told(wrong: str, tmp_path: Path) -> None:
    assert lint(wrong, tmp_path).returncode != 0
