"""Who judges: this process or several others; a judgement that fails is left to a human, never a zero."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from math import isfinite
from multiprocessing import connection, get_context, parent_process
from typing import Protocol, Self

from derive.errors import Unusable
from grader.verdicts import Verdict

Judge = Callable[..., Verdict]
"""Judges an answer, given the part's id and the answer's text and, where it may follow from them, the
student's answers to earlier parts, by part. For several processes it must be picklable."""

FOR_A_HUMAN = "This answer could not be judged by machine; a person will look at it."
TASKS_A_WORKER = 8


@dataclass(frozen=True, slots=True)
class Task:
    """One answer to be judged; ``earlier`` are the answers to other parts that it may follow from."""

    part: str
    out_of: float
    text: str
    earlier: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict and, where there is none by machine, the reason for the teacher."""

    verdict: Verdict
    note: str | None = None


def judge_one(judge: Judge, task: Task) -> Judgement:
    """What ``judge`` says, or undecided if it fails."""
    try:
        verdict = judge(task.part, task.text, *([dict(task.earlier)] if task.earlier else []))
        if verdict.marks is not None and not isfinite(verdict.marks):
            return undecided(task, f"judged to be worth {verdict.marks} marks")
    except (Exception, SystemExit) as error:
        message = str(error).partition("\n")[0][:200]
        return undecided(task, f"{type(error).__name__}: {message}")
    return Judgement(verdict)


def undecided(task: Task, note: str) -> Judgement:
    """The judgement that leaves an answer to a human."""
    return Judgement(Verdict(task.part, "undecided", None, task.out_of, feedback=(FOR_A_HUMAN,)), note)


@dataclass(slots=True)
class Ticket:
    """A task that was accepted; the judgement is asked for later."""

    task: Task
    future: Future[Judgement] | None = None


class Workers(Protocol):
    """Takes tasks ahead of their judgements, at most ``width`` at a time."""

    width: int

    def submit(self, task: Task) -> Ticket: ...
    def result(self, ticket: Ticket) -> Judgement: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...


class Here:
    """Judges in this process, one answer after the other."""

    width = 1

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def submit(self, task: Task) -> Ticket:
        return Ticket(task)

    def result(self, ticket: Ticket) -> Judgement:
        return judge_one(self._judge, ticket.task)


class Processes:
    """Judges in ``jobs`` processes. If one dies, the answers in hand are judged again, each by itself."""

    def __init__(self, judge: Judge, jobs: int) -> None:
        self._judge = judge
        self._jobs = jobs
        self.width = jobs * TASKS_A_WORKER
        self._main: ProcessPoolExecutor | None = None
        self._alone: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        self._main = self._start(self._jobs)
        try:
            self._main.submit(os.getpid).result()
        except BrokenProcessPool:
            raise Unusable("the judging processes do not start; try --jobs 1 to see why") from None
        return self

    def __exit__(self, *error: object) -> None:
        for pool in (self._main, self._alone):
            if pool:
                pool.shutdown(wait=True, cancel_futures=True)

    def submit(self, task: Task) -> Ticket:
        assert self._main is not None, "used outside its with block"
        try:
            return Ticket(task, self._main.submit(_work, task))
        except BrokenProcessPool:
            self._main = self._start(self._jobs)
            return Ticket(task, self._main.submit(_work, task))

    def result(self, ticket: Ticket) -> Judgement:
        assert ticket.future is not None, "this ticket is of other workers"
        try:
            return ticket.future.result()
        except BrokenProcessPool:
            return self._by_itself(ticket.task)

    def _by_itself(self, task: Task) -> Judgement:
        """A process died with several answers in hand; to blame is the one that kills its own as well."""
        self._alone = self._alone or self._start(1)
        try:
            return self._alone.submit(_work, task).result()
        except BrokenProcessPool:
            self._alone = None
            return undecided(task, "the process that judged it died")

    def _start(self, jobs: int) -> ProcessPoolExecutor:
        pool = ProcessPoolExecutor(jobs, get_context("spawn"), _begin_work, (self._judge,))
        # Ctrl-C reaches all processes of a terminal; those begun while it is blocked never see it, so that
        # this one alone ends the others
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            pool.submit(os.getpid)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return pool


# ---- in the worker process

_judge: Judge
"""Set once, when a process begins: a problem is too large to travel with each answer."""


def _begin_work(judge: Judge) -> None:
    global _judge
    _judge = judge
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C reaches all processes; the first one ends the others
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _work(task: Task) -> Judgement:
    return judge_one(_judge, task)


def _end_with_parent() -> None:
    """A parent that is killed cannot say goodbye; without this its workers would wait for ever."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
