"""Writes the tree of modules into README.md, each with the first sentence of its docstring as caption:
python docs/write_tree.py
"""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("derive", "grader", "problems", "templates")
BEGIN, END = "<!-- tree -->\n", "<!-- end of tree -->"


def caption(module: Path) -> str:
    """The first sentence of a module's docstring, without its last stop."""
    text = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    return text.split("\n\n")[0].replace("\n", " ").split(". ")[0].rstrip(".")


def lines(folder: Path, depth: int = 0) -> list[str]:
    """The folder, its modules and its folders, indented."""
    indent = "  " * depth
    package = folder / "__init__.py"
    out = [f"{indent}{folder.name}/".ljust(32) + (caption(package) if package.exists() else "")]
    for entry in sorted(folder.iterdir(), key=lambda path: (path.is_dir(), path.name)):
        if entry.suffix == ".py" and entry.name != "__init__.py":
            out.append(f"{indent}  {entry.name}".ljust(32) + caption(entry))
        elif entry.is_dir() and (entry / "__init__.py").exists():
            out.extend(lines(entry, depth + 1))
    return out


def tree() -> str:
    """The fenced block that stands in the README."""
    body = "\n".join(line.rstrip() for package in PACKAGES for line in lines(ROOT / package))
    return f"```text\n{body}\n```\n"


def written(readme: str) -> str:
    """The README with the tree of today."""
    before, _, rest = readme.partition(BEGIN)
    return before + BEGIN + tree() + END + rest.partition(END)[2]


if __name__ == "__main__":
    path = ROOT / "README.md"
    path.write_text(written(path.read_text(encoding="utf-8")), encoding="utf-8")
