"""Fuzzes the reader and the judge with atheris: ``python -m tests.fuzz.fuzz_reader -max_total_time=60``.

It stops at the first text for which the reader raises anything but `Unreadable`, or that at a place outside
the text, or for which the grader fails; libFuzzer then writes the text to a file ``crash-…`` and ends with
another code than 0. What it starts from, and the spellings it puts together, come from the tables; nothing is
kept between runs.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["grader"]):
    from grader.judge import check
    from grader.reading import Unreadable, read

from tests.fuzz import material

FAILED = "The grader failed"
QUESTIONS = material.questions()[::20]
SEEDS = [seed for seed in material.seeds()[::8] if len(seed) < 500]
"""A part of all, so that a minute is enough to go through them and on."""


def one_text(data: bytes) -> None:
    """Reads a text, and judges it as an answer to the question that its first byte picks."""
    text = data[1:].decode("utf-8", "surrogateescape")
    try:
        read(text)
    except Unreadable as fault:
        assert 0 <= fault.position <= len(text), (fault, text)
        return
    problem, part = QUESTIONS[data[0] % len(QUESTIONS)]
    verdict = check(problem, part, text)
    assert not any(FAILED in sentence for sentence in verdict.feedback), (problem, part, text, verdict)


def dictionary(path: Path) -> None:
    """The spellings as libFuzzer wants them: one a line, every byte that is no letter as its number."""
    lines = {spelling.encode("utf-8", "surrogatepass") for spelling in material.spellings()}
    quoted = ("".join(f"\\x{byte:02x}" for byte in line) for line in sorted(lines) if line)
    path.write_text("".join(f'"{each}"\n' for each in quoted), encoding="ascii")


def corpus(folder: Path) -> None:
    """One file for each seed; its first byte picks the question."""
    folder.mkdir()
    for number, seed in enumerate(SEEDS):
        data = bytes([number % len(QUESTIONS)]) + seed.encode("utf-8", "surrogatepass")
        (folder / str(number)).write_bytes(data)


def main() -> None:
    for problem, part in QUESTIONS:
        check(problem, part, r"\int_0^1 t dt")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        dictionary(folder / "spellings")
        corpus(folder / "corpus")
        limits = [f"-dict={folder / 'spellings'}", "-max_len=4200", "-timeout=60", "-rss_limit_mb=4096"]
        atheris.Setup([*sys.argv, *limits, str(folder / "corpus")], one_text)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
