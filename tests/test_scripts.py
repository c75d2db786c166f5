"""The map's pure scripts, tested in the Node.js that comes with Playwright."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from playwright._impl._driver import compute_driver_executable

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
