"""Compiles LaTeX as a lecturer would, for every test of a page."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def compile_tex(text: str, folder: Path, wide: bool = False) -> None:
    """Run latexmk; skips where there is none. Fails with the end of the log, and unless it may be ``wide``
    also if a line is too wide."""
    if not (shutil.which("latexmk") and shutil.which("pdflatex")):
        pytest.skip("latexmk and pdflatex are not installed")
    (folder / "page.tex").write_text(text, "utf-8")
    command = [
        "latexmk",
        "-pdf",
        "-interaction=nonstopmode",
        "-halt-on-error",
        "-no-shell-escape",
        "page.tex",
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    assert (folder / "page.pdf").exists()
    assert wide or "Overfull" not in (folder / "page.log").read_text("utf-8", "replace")
