"""An invented class with a judge whose verdicts are known beforehand; run as a program it grades a class."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from grader.classroom.batch import Summary, grade
from grader.verdicts import Verdict


@dataclass(frozen=True)
class Part:
    id: str
    ask: str
    answer: str
    points: float


@dataclass(frozen=True)
class Problem:
    title: str
    parts: tuple[Part, ...]


PROBLEM = Problem(
    "One step of gradient descent",
    (
        Part("output", "a2", "number", 2.0),
        Part("delta1", "delta1", "formula", 3.0),
        Part("dW1", "dW1", "number", 3.0),
    ),
)
POINTS = {part.id: part.points for part in PROBLEM.parts}
WORDS = {"problem": "one-step", "version": "1"}


def judge(part: str, text: str) -> Verdict:
    """Judges by a word in the answer, so that every test knows the truth."""
    time.sleep(float(os.environ.get("JUDGE_SECONDS", "0")))
    points = POINTS[part]
    if "raise" in text:
        raise ZeroDivisionError("a secret of the judge")
    if "exit" in text:
        sys.exit(3)
    if "die" in text:
        os._exit(1)
    if "nan" in text:
        return Verdict(part, "right", float("nan"), points)
    if "?" in text:
        return Verdict(part, "unreadable", 0.0, points, feedback=("What is this?",), position=text.index("?"))
    if "right" in text:
        return Verdict(part, "right", points, points, feedback=("Right.",), read_as=r"W^T \delta")
    if "slope" in text:
        reasons = ("The slope $f'(z)$ is missing.",)
        return Verdict(part, "wrong", points / 2, points, ("missing-slope",), reasons, read_as=r"W^T")
    return Verdict(part, "wrong", 0.0, points, feedback=("Compute it again.",))


def hand_in(folder: Path, students: int) -> Path:
    """A folder of submissions with answers of every kind, many of them equal."""
    folder.mkdir(parents=True)
    kinds = ("right = 1", "slope = 2", "other = 3", "raise = 4", "? = 5", "right = 6")
    for number in range(students):
        lines = [
            f"## {part.id}\n\n$${kinds[(number * (place + 1)) % 6]} + {number % 7}$$\n"
            for place, part in enumerate(PROBLEM.parts)
            if (number + place) % 5
        ]
        (folder / f"s{number:03}.md").write_text("\n".join(lines), "utf-8")
    return folder


def grade_folder(folder: Path, out: Path, jobs: int = 1) -> Summary:
    return grade(PROBLEM, folder, out, judge, words=WORDS, jobs=jobs)


def files(out: Path) -> dict[str, bytes]:
    """All that a run leaves, by name."""
    return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}


if __name__ == "__main__":
    print(grade_folder(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
