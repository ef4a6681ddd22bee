"""YAML nodes: the same from libyaml as from the parser in Python, and no text is too deep to refuse."""

import pytest
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import Node, ScalarNode

from derive.yaml_nodes import TooDeep, compose
from problems import names, text

ODD = {
    "old breaks": "a: x\x85y\nb: p\u2028q\nc: [1, é]\n",
    "tags": "a: !foo x\nb: !!str 1\nc: ! y\n",
    "styles": "a: 'x'\nb: \"\\n\"\nc: |\n  z\nd: >-\n  folded\n  text\n",
    "words": "a: yes\nb: on\nc: 0o7\nd: 010\ne: ~\nf: .5\ng: 1e3\nh: 2020-01-01\ni: True\n",
    "alias": "a: &x [1, {b: 2}]\nc: *x\n",
    "keys": "? [a]\n: b\n{c: d}: e\n",
    "empty": "",
    "only a comment": "# nothing\n",
}


def written(node: Node | None) -> object:
    """All that is asked of nodes: kind, tag, value, style of scalars, place."""
    if node is None:
        return None
    place = node.start_mark.line, node.start_mark.column
    if isinstance(node, ScalarNode):
        return "scalar", str(node.tag), node.value, node.style or None, place
    parts = [tuple(map(written, part)) if isinstance(part, tuple) else written(part) for part in node.value]
    return type(node).__name__, str(node.tag), parts, place


@pytest.mark.parametrize("source", [*map(text, names()), *ODD.values()], ids=[*names(), *ODD])
def test_the_nodes_of_the_parser_in_python(source: str) -> None:
    assert written(compose(source)) == written(YAML(typ="safe", pure=True).compose(source))


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "[{a: "])
def test_what_is_nested_too_deeply_is_refused(opening: str) -> None:
    with pytest.raises(TooDeep):
        compose(opening * 50_000)


@pytest.mark.parametrize(
    ("source", "line", "problem"),
    [
        ("a: 1\n  b: 2", 1, "mapping values are not allowed here"),
        ('a:\n- "\\delta"', 1, "found unknown escape character 'd'"),
        ("a: b\n---\nc: d", 1, "but found another document"),
        ("a: *x", 0, "found undefined alias 'x'"),
    ],
)
def test_what_is_no_yaml_is_said_with_its_place(source: str, line: int, problem: str) -> None:
    with pytest.raises(MarkedYAMLError) as refused:
        compose(source)
    assert (refused.value.problem, refused.value.problem_mark.line) == (problem, line)
