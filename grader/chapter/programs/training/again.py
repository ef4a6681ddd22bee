"""A few lines of a program followed again with one thing changed, to see what explains a wrong value."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from grader.chapter.programs.reader import Frame
from grader.chapter.programs.tracked import Tracked
from grader.chapter.programs.training.changing import copied
from grader.chapter.programs.training.rules import TRAINING_EXPRESSIONS, TRAINING_STATEMENTS
from grader.chapter.programs.training.trainer import Trainer
from grader.chapter.programs.values import Instance

STEPS = 3_000


def followed_again(
    frames: Sequence[Frame], statements: Iterable[ast.stmt], name: str, instead: dict[str, Any] | None = None
) -> Any:
    """The array that ``name`` is given by some statements, beginning as things stood; None if it is none.

    ``instead`` has other values for some names.
    """
    again = Trainer(TRAINING_EXPRESSIONS, TRAINING_STATEMENTS)
    fresh = copied(frames)
    for frame in fresh:
        _put_in(frame, instead or {})
    again.names, again.frames = fresh[0], fresh
    for statement in statements:
        again.limit = again.steps + STEPS
        with np.errstate(all="ignore"):
            again.follow_alone(statement)
    value = next((event.value for event in again.events[::-1] if event.name == name), None)
    return value.data if isinstance(value, Tracked) else None


def _put_in(frame: Frame, instead: dict[str, Any]) -> None:
    for name in list(frame):
        value = frame[name]
        if name in instead:
            frame[name] = instead[name]
        elif isinstance(value, Instance):
            _put_in(value.fields, instead)
        elif isinstance(value, dict) and name != "<elsewhere>":
            _put_in(value, instead)
