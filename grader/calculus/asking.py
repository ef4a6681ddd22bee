"""Asks the other process, which is started when it is first needed and killed when it takes too long."""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

from grader.calculus.plain import Step

STARTING = 30.0
"""Seconds in which the process must have started; it imports SymPy."""
PATIENCE = 6
"""How many times longer than its own work an answer may be on its way, on a machine that is busy."""


class Unsettled(RuntimeError):
    """No value was found: there is none, or not in time, or not by this program."""


def asked(latex: str, steps: tuple[Step, ...], symbols: tuple[str, ...], seconds: float) -> tuple[Any, float]:
    """What a plain expression is (see `grader.calculus.plain`), as lists of names and numbers, and the
    seconds of work it took.

    Raises `Unsettled` otherwise; nothing else comes back, and no longer than the seconds are waited for.
    """
    question = {"latex": latex, "steps": steps, "symbols": symbols, "seconds": seconds}
    found = _process(os.getpid()).answer(question, seconds)
    if "failed" in found:
        raise Unsettled(str(found["failed"]))
    return found["value"], float(found["spent"])


class _Process:
    """The other process; it has no environment, no shell, no files, and each question a child of its own."""

    def __init__(self) -> None:
        worker = Path(__file__).with_name("worker.py")
        self.child = subprocess.Popen(
            [sys.executable, "-I", str(worker)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            start_new_session=True,
        )
        self.waiting = b""
        self._line(STARTING)

    def answer(self, question: dict[str, Any], seconds: float) -> dict[str, Any]:
        assert self.child.stdin is not None
        try:
            self.child.stdin.write(json.dumps(question).encode() + b"\n")
            self.child.stdin.flush()
        except OSError:
            self._give_up("the program that works out integrals has stopped")
        found: dict[str, Any] = json.loads(self._line(PATIENCE * max(seconds, 0.05)))
        return found

    def _line(self, seconds: float) -> bytes:
        """The next line of the process; kills it if there is none in this many seconds."""
        assert self.child.stdout is not None
        end = time.monotonic() + seconds
        while b"\n" not in self.waiting:
            ready, _, _ = select.select([self.child.stdout], [], [], max(0.0, end - time.monotonic()))
            more = os.read(self.child.stdout.fileno(), 65536) if ready else b""
            if not more:
                self._give_up("an integral or limit takes too long to work out" if not ready else _GONE)
            self.waiting += more
        line, _, self.waiting = self.waiting.partition(b"\n")
        return line

    def _give_up(self, reason: str) -> None:
        self.kill()
        _process.cache_clear()
        raise Unsettled(reason)

    def kill(self) -> None:
        """Ends the process and whatever it has started."""
        if self.child.poll() is None:
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()
        for pipe in (self.child.stdin, self.child.stdout):
            if pipe is not None:
                pipe.close()


_GONE = "integrals and limits cannot be worked out here: latex2sympy2 does not start"


@lru_cache(maxsize=1)
def _process(of: int) -> _Process:
    """The other process of the process with this number: a fork has one of its own."""
    process = _Process()
    atexit.register(_kill, process, of)
    return process


def _kill(process: _Process, of: int) -> None:
    if os.getpid() == of:
        process.kill()
