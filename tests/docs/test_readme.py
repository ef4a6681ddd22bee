"""The README shows the tree as it is, and its commands exist."""

import importlib.util
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _tree_writer():
    spec = importlib.util.spec_from_file_location("write_tree", ROOT / "docs" / "write_tree.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_tree_is_that_of_today():
    assert _tree_writer().written(README) == README, "run: python docs/write_tree.py"


def test_every_module_has_a_caption():
    bare = [line for line in _tree_writer().tree().splitlines() if re.fullmatch(r"\s*\S+\.py", line)]
    assert bare == []


def test_pictures_exist():
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", README)
    assert len(pictures) >= 3
    for picture in pictures:
        assert (ROOT / picture).stat().st_size > 10_000, picture


# A command may go on over several lines, within quotation marks.
SHOWN = re.findall(r"^\$ deltagrade ((?:'[^']*'|[^'\n])+)\n((?:.+\n)+)```", README, re.MULTILINE)


@pytest.mark.parametrize(("command", "printed"), SHOWN)
def test_a_command_prints_what_is_shown(command: str, printed: str):
    words = [sys.executable, "-m", "grader.cli", *shlex.split(command)]
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT)
    assert done.stdout == printed


def test_commands_are_shown():
    assert len(SHOWN) >= 4
