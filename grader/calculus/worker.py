"""The other process: reads plain LaTeX with latex2sympy2, works it out with SymPy, answers in plain lists.

It runs by itself (``python -I worker.py``), knows nothing of the grader, and takes one question a line. Every
question is worked on by a child with limits on time and memory, so that nothing one question does is left for
the next.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

MEMORY = 1 << 30
"""Bytes a question may take."""
MOST_BITS = 1023
"""How long the numbers of an answer may be."""
LONGEST = 3500
"""Bytes in an answer, so that it is written at once."""
FUNCTIONS = {
    "exp": "exp",
    "log": "ln",
    "sin": "sin",
    "cos": "cos",
    "sinh": "sinh",
    "cosh": "cosh",
    "tanh": "tanh",
}
"""SymPy's functions that the grader knows, and its names for them."""
_INSIDE = (
    "0",
    "a",
    r"\frac{1}{1+\exp(-t)} \cdot (1-\tanh(t)^{2})",
    "t^{2} - (3 \\cdot t)^{2}",
    r"\ln(t)+\sqrt{t}",
)
WARMING: list[dict[str, Any]] = [
    {"latex": "b", "steps": [("b", "int", "t", ("0", "a", body))], "symbols": ["a"]} for body in _INSIDE
] + [
    {"latex": "b", "steps": [("b", "lim", "t", ("0", r"\frac{\sin(t)}{t}"))], "symbols": []},
    {"latex": r"\binom{4}{2} \cdot (3)!", "steps": [], "symbols": []},
]
"""What is worked out at the start, so that the first questions take no longer than others."""
TOO_LONG = "an integral or limit takes too long to work out"
NO_VALUE = "an integral or limit has no value that is found"


def reader() -> Any:
    """latex2sympy2, imported here and nowhere else in the package.

    It asks for antlr4 4.7.2, which asks for ``typing.io``; Python 3.13 has it no longer.
    """
    import types

    sys.modules.setdefault("typing.io", types.SimpleNamespace(TextIO=None))  # type: ignore[arg-type]
    from latex2sympy2 import latex2sympy

    return latex2sympy


def worked_out(latex2sympy: Any, latex: str, steps: list[Any], symbols: list[str]) -> Any:
    """The value as lists of names and numbers. Raises `ValueError` where there is none."""
    import sympy

    known: dict[Any, Any] = {}
    for name, kind, running, parts in steps:
        values = [latex2sympy(part).xreplace(known) for part in parts]
        known[sympy.Symbol(name)] = STEPS[kind](sympy.Symbol(running), *values)
    value = latex2sympy(latex).xreplace(known).doit()
    if not value.free_symbols:
        return number(value)
    if {symbol.name for symbol in value.free_symbols} - set(symbols):
        raise ValueError("a letter came up that was not sent")
    return lists(value)


def integral(running: Any, low: Any, high: Any, body: Any) -> Any:
    """∫ body d(running) from low to high."""
    import sympy

    return sympy.Integral(body, (running, low, high)).doit()


def limit(running: Any, goal: Any, body: Any) -> Any:
    """What body goes to from both sides of the goal."""
    import sympy

    return sympy.limit(body, running, goal, "+-" if goal.is_finite else "-")


STEPS: dict[str, Callable[..., Any]] = {"int": integral, "lim": limit}


def number(value: Any) -> list[str]:
    """A number: exact where it is a fraction, else its first digits. Raises `ValueError` if not finite."""
    import sympy

    if not value.is_Rational:
        value = sympy.N(value, 25)
        if not (value.is_Float and value.is_finite):
            raise ValueError("no finite number")
        # Of what cancels altogether no digit is left.
        value = sympy.Integer(0) if value._prec == 1 else sympy.Rational(str(sympy.N(value, 17)))
    if max(int(value.p).bit_length(), int(value.q).bit_length()) > MOST_BITS:
        raise ValueError("too long")
    return ["number", str(value.p), str(value.q)]


def lists(value: Any) -> list[Any]:
    """An expression of the kinds that are allowed, and of no others. Raises `ValueError`."""
    if value.is_Number or value.is_NumberSymbol:
        return number(value)
    if value.is_Symbol:
        return ["symbol", value.name]
    name = type(value).__name__
    kinds = {"Add": "sum", "Mul": "product", "Pow": "power"}
    if name in kinds:
        return [kinds[name], *map(lists, value.args)]
    if name in FUNCTIONS and len(value.args) == 1:
        return ["call", FUNCTIONS[name], lists(value.args[0])]
    raise ValueError(f"{name} is not allowed")


def answer(latex2sympy: Any, question: dict[str, Any]) -> dict[str, Any]:
    """The answer to a question, in the process it is asked in."""
    start = time.process_time()
    try:
        value = worked_out(latex2sympy, question["latex"], question["steps"], question["symbols"])
    except MemoryError:
        return {"failed": TOO_LONG}
    except Exception:
        return {"failed": NO_VALUE}
    return {"value": value, "spent": time.process_time() - start}


def in_a_child(latex2sympy: Any, question: dict[str, Any]) -> None:
    """Answers in a child that is killed when its time or memory is used up."""
    child = os.fork()
    if child:
        if os.waitpid(child, 0)[1] != 0:
            say({"failed": TOO_LONG})
        return
    try:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        signal.setitimer(signal.ITIMER_PROF, max(question["seconds"], 0.001))
        say(answer(latex2sympy, question))
        os._exit(0)
    finally:
        os._exit(1)


def say(found: dict[str, Any]) -> None:
    """One line, written at once."""
    line = json.dumps(found).encode()
    os.write(1, (line if len(line) < LONGEST else json.dumps({"failed": NO_VALUE}).encode()) + b"\n")


def main() -> None:
    latex2sympy = reader()
    for question in WARMING:
        answer(latex2sympy, question)
    os.write(1, b"ready\n")
    for line in sys.stdin:
        in_a_child(latex2sympy, json.loads(line))


if __name__ == "__main__":
    main()
