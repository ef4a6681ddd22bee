"""YAML as a tree of nodes that know their places, read by libyaml where it is installed.

Composed here from the parser's events, without recursion: a text of a hundred thousand brackets, which would
end the process in a parser that recurses in C, is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import ComposerError
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.resolver import VersionedResolver

DEEPEST = 100
"""How deeply lists and mappings may be nested."""

_BREAKS_OF_OLD = "\x85\u2028\u2029"
"""What ends a line for libyaml and no longer does in YAML 1.2."""


class TooDeep(YAMLError):
    """A text whose lists and mappings are nested more deeply than `DEEPEST`."""


def compose(text: str) -> Node | None:
    """The tree of a text with one document; None for an empty one. An alias is the node it stands for.

    Raises YAMLError: a MarkedYAMLError where the text is no YAML, `TooDeep`.
    """
    in_python = any(mark in text for mark in _BREAKS_OF_OLD)
    try:
        return _composed(YAML(typ="safe", pure=in_python).parse(text))
    except TooDeep:
        raise
    except (YAMLError, UnicodeError):
        # The parser in Python says it in better words, and where, counted in characters.
        for _ in YAML(typ="safe", pure=True).parse(text):
            pass
        raise


def _composed(events: Iterator[Event]) -> Node | None:
    tags = VersionedResolver()
    anchors: dict[str, Node] = {}
    root = SequenceNode(None, [])
    unfinished: list[Node] = [root]
    for event in events:
        if isinstance(event, DocumentStartEvent) and root.value:
            said = "expected a single document in the stream", root.value[0].start_mark
            raise ComposerError(*said, "but found another document", event.start_mark)
        if isinstance(event, CollectionEndEvent):
            done = unfinished.pop()
            if isinstance(done, MappingNode):
                done.value = list(zip(done.value[::2], done.value[1::2], strict=True))
        elif isinstance(event, NodeEvent):
            node = _node(event, tags, anchors)
            unfinished[-1].value.append(node)
            if isinstance(event, SequenceStartEvent | MappingStartEvent):
                unfinished.append(node)
                if len(unfinished) > DEEPEST:
                    raise TooDeep("brackets or lists are nested too deeply")
    return root.value[0] if root.value else None


def _node(event: Any, tags: VersionedResolver, anchors: dict[str, Node]) -> Node:
    if isinstance(event, AliasEvent):
        if event.anchor not in anchors:
            raise ComposerError(None, None, f"found undefined alias {event.anchor!r}", event.start_mark)
        return anchors[event.anchor]
    places = event.start_mark, event.end_mark
    said = None if str(event.tag) == "!" else event.tag
    node: Node
    if isinstance(event, ScalarEvent):
        tag = said or tags.resolve(ScalarNode, event.value, event.implicit)
        node = ScalarNode(tag, event.value, *places, style=event.style)
    else:
        kind = SequenceNode if isinstance(event, SequenceStartEvent) else MappingNode
        node = kind(said or tags.resolve(kind, None, event.implicit), [], *places)
    if event.anchor:
        anchors[event.anchor] = node
    return node
