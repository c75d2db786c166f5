"""The figures that we watch: `make bench`, or `python -m tests.benchmarks.run NAME...` for some of them.

A missed goal is a line in the table, not a failure; the exit status is 1 only when a benchmark crashed.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import traceback

from .measure import Row

NAMES = (
    "reopen",
    "search",
    "large_search",
    "clusterings",
    "duplicates",
    "trust",
    "umap_first",
    "payload",
    "first_page",
    "speed",
    "precision",
    "pictures",
    "first_map",
    "browsing",
    "large_files",
    "snapshot",
)
VERDICT = {True: "ok", False: "missed", None: ""}


def table(rows: list[Row]) -> str:
    """The rows as aligned text."""
    lines = [("what", "measured", "goal", "ok/missed")]
    lines += [(row.what, row.measured, row.goal, VERDICT[row.ok]) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    lines.insert(1, tuple("-" * width for width in widths))  # type: ignore[arg-type]
    padded = (" | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "\n".join(line.rstrip() for line in padded)


def main() -> int:
    """Run the benchmarks that are named, or all, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.run", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of: {', '.join(NAMES)} (all)")
    names = parser.parse_args().names or NAMES
    if unknown := set(names) - set(NAMES):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    rows, crashed = [], []
    for name in names:
        sys.stderr.write(f"{name} ...\n")
        try:
            rows += list(importlib.import_module(f"{__package__}.{name}").rows())
        except Exception:
            crashed.append(name)
            sys.stderr.write(traceback.format_exc())
    sys.stdout.write(table(rows) + "\n")
    if crashed:
        sys.stderr.write(f"Crashed: {', '.join(crashed)}\n")
    return 1 if crashed else 0


if __name__ == "__main__":
    sys.exit(main())
