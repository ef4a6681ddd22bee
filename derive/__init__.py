"""From a network or computation graph to every delta and gradient: as formulas with reasons, and as
numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derive.derivation import Derivation, derive
    from derive.evaluate import Solution, solve
    from derive.graph import Graph
    from derive.network import Network
    from derive.problem import Problem
    from derive.request import jacobian

__all__ = ["Derivation", "Graph", "Network", "Problem", "Solution", "derive", "jacobian", "solve"]

_HOMES = {
    "Derivation": "derive.derivation",
    "derive": "derive.derivation",
    "jacobian": "derive.request",
    "Solution": "derive.evaluate",
    "solve": "derive.evaluate",
    "Graph": "derive.graph",
    "Network": "derive.network",
    "Problem": "derive.problem",
}


def __getattr__(name: str) -> Any:
    """Names are imported when first used, so that the command line starts at once."""
    if name not in _HOMES:
        raise AttributeError(f"module 'derive' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
