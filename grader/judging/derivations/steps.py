"""The steps of a derivation: what each row states, in the first notation that understands them all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from derive.notation import Notation
from grader.judging.derivations.abbreviations import (
    Abbreviation,
    WithOwnNames,
    keys_of,
    letters_left,
    name_given,
    name_given_anew,
    put_in,
)
from grader.judging.derivations.cases_of_indices import Pair, letters_below, letters_written, pair_in
from grader.judging.derivations.changes import as_new_value, with_changes
from grader.judging.derivations.ground import Ground
from grader.judging.derivations.lines import Row, row_numbers, rows
from grader.judging.derivations.unsaid import Tries, holds, truly_of_function, unsaid
from grader.judging.question import Question
from grader.judging.sides import EQUALITIES
from grader.meaning.names import Namer
from grader.meaning.reach import widened
from grader.meaning.scripts import NotUnderstood
from grader.meaning.terms import Term, letters_in
from grader.meaning.vocabulary import Vocabulary
from grader.reading import Unreadable, read_lines, tree
from grader.reading.legends import without_legends
from grader.reading.tree import Relation, Tree

_CASE = re.compile(
    r"(?P<condition>^[ ]{0,9}(?:if|for|case|when|falls|wenn|für|si)[ ]"
    r"\$?[A-Za-z][ ]?(?:=|\\neq?|≠|!=)[ ]?[A-Za-z]\$?[ ]?):",
    re.MULTILINE,
)
"""A condition before what holds under it: "if k = i: …"."""
MOST_STATEMENTS, MOST_SIDES = 60, 120
"""How much one derivation may state."""


class Side(Struct, frozen=True):
    """One side of an equation: as it was read, and what it means with abbreviations written out."""

    tree: Tree
    term: Term
    line: int

    @property
    def start(self) -> int:
        return self.tree.span[0]


class Statement(Struct, frozen=True):
    """``sides`` that are claimed to be equal; ``aside`` if they stand inside a sentence, ``names`` the
    student's own name that it explains."""

    sides: tuple[Side, ...]
    aside: bool = False
    names: str | None = None


class Unread(Struct, frozen=True):
    """A row that could not be read or understood, and why; ``states`` if it says that something equals
    something."""

    position: int
    message: str
    line: int
    states: bool = True


class Steps(Struct, frozen=True):
    """A derivation as it was understood. ``namer`` understands its names, the student's own too; ``pairs``
    are indices of which it says something only where they are equal, or only where they are not."""

    notation: Notation
    namer: Namer
    statements: tuple[Statement, ...]
    unread: tuple[Unread, ...]
    short: Mapping[str, Abbreviation]
    remarks: tuple[str, ...] = ()
    pairs: frozenset[Pair] = frozenset()


# -- reading -------------------------------------------------------------------------------------------------


class _Read(Struct, frozen=True):
    """One equation as it was read: ``goes_on`` if it begins with an equals sign."""

    sides: tuple[Tree, ...]
    goes_on: bool
    aside: bool
    remark: bool = False
    strange: str | None = None


def steps_of(question: Question, text: str) -> Steps:
    """The steps of a derivation. Raises `Unreadable` where no mathematics at all is found."""
    if len(text) > 4096:
        raise Unreadable(4096, "this is longer than 4096 characters")
    every, unread, remarks = _read_rows(text)
    found, pairs = _without_conditions(every)
    if not found:
        if unread:
            raise Unreadable(unread[0].position, unread[0].message)
        raise Unreadable(len(text), "there is no formula here: write each step as an equation")
    chains = _joined(found)
    understood = min(_ways(question, chains), key=lambda way: len(way.unread))
    numbered = _numbered(text, understood.statements, (*unread, *understood.unread))
    return replace(understood, statements=numbered[0], unread=numbered[1], remarks=remarks, pairs=pairs)


def _read_rows(text: str) -> tuple[list[_Read], list[Unread], tuple[str, ...]]:
    found: list[_Read] = []
    unread: list[Unread] = []
    remarks: dict[str, None] = {}
    bare = "".join(without_legends(line)[0] for line in text.splitlines(keepends=True))
    for row in rows(_CASE.sub(r"\g<condition>,", bare)):
        try:
            readings = read_lines(" " * row.start + row.text)
        except Unreadable as fault:
            unread.append(Unread(fault.position, fault.message, 0, row.states or not row.aside))
            continue
        for place, reading in enumerate(readings):
            remarks.update(dict.fromkeys(reading.remarks))
            found.append(_equation(with_changes(reading.tree), row, first=place == 0))
        if sum(len(one.sides) for one in found) > MOST_SIDES or len(found) > MOST_STATEMENTS:
            raise Unreadable(row.start, f"this derivation has more than {MOST_SIDES} sides: shorten it")
    return found, unread, tuple(remarks)


def _without_conditions(every: Sequence[_Read]) -> tuple[list[_Read], frozenset[Pair]]:
    """The equations without conditions such as i = j, and the letters of these; what stands behind one is
    said of the same as the equation before."""
    found: list[_Read] = []
    pairs: set[Pair] = set()
    counting = letters_below(side for one in every for side in one.sides)
    for one in every:
        said = Relation(one.sides[0].span, one.sides, (one.strange or "=",)) if len(one.sides) == 2 else None
        condition = pair_in(said) if said is not None else None
        if condition is None or not counting.issuperset(condition[0]):
            found.append(one)
            continue
        pairs.add(condition[0])
        if condition[1] is not None and found:
            found.append(replace(found[-1], sides=(found[-1].sides[0], condition[1])))
    return found, frozenset(pairs)


def _equation(whole: Tree, row: Row, first: bool) -> _Read:
    while len(whole.parts) == 1 and isinstance(whole.parts[0], Relation):
        (whole,) = whole.parts
    goes_on = row.goes_on and first
    if not isinstance(whole, Relation):
        return _Read((whole,), goes_on, row.aside, row.remark)
    strange = next((sign for sign in whole.relations if sign not in EQUALITIES), None)
    return _Read(whole.sides, goes_on, row.aside, row.remark, strange)


def _joined(found: Sequence[_Read]) -> list[_Read]:
    """Chains over several rows put together."""
    chains: list[_Read] = []
    for one in found:
        above = next((at for at in range(len(chains) - 1, -1, -1) if not chains[at].remark), None)
        if one.goes_on and above is not None and not chains[above].strange and not one.strange:
            chains[above] = replace(chains[above], sides=chains[above].sides + one.sides)
        else:
            chains.append(one)
    return chains


# -- understanding -------------------------------------------------------------------------------------------


def _ways(question: Question, chains: Sequence[_Read]) -> Iterator[Steps]:
    """The derivation in every notation, up to the first that understands all of it."""
    sides = tuple(side for chain in chains for side in chain.sides)
    everything = Relation((sides[0].span[0], sides[-1].span[1]), sides, ("=",) * (len(sides) - 1))
    for notation, namer in question.readers(everything):
        way = _understood(question, chains, notation, namer.vocabulary)
        yield way
        if not way.unread:
            return


def _understood(
    question: Question, chains: Sequence[_Read], notation: Notation, vocabulary: Vocabulary
) -> Steps:
    written = letters_written(side for chain in chains for side in chain.sides)
    given = [_given(question, chain, notation, vocabulary, written) for chain in chains]
    names = frozenset(name for name, _ in filter(None, given))
    namer = Namer(WithOwnNames(vocabulary, names))
    short = _short(chains, given, namer)
    tries = Tries()
    statements: list[Statement] = []
    unread: list[Unread] = []
    explained: set[str] = set()
    for chain, own in zip(chains, given, strict=True):
        explains = own[0] if own and own[0] in short and own[0] not in explained else None
        try:
            if chain.strange:
                raise NotUnderstood(chain.sides[0].span, f"this says `{chain.strange}`, not what equals what")
            meant = [[put_in(term, short) for term in _reaching(namer, chain.sides)]]
            meant = truly_of_function(question, notation, chain.sides, names, short) or meant
        except NotUnderstood as fault:
            ours = notation == question.notation and not chain.strange
            meant = list(unsaid(question, notation, chain.sides, names, short, tries)) if ours else []
            if not meant:
                states = len(chain.sides) > 1 and not (chain.strange and chain.aside)
                unread.append(Unread(fault.span[0], str(fault), 0, states))
        explained |= {explains} if explains and meant else set()
        if explains and not _is_used(explains, chain, chains):
            meant.extend(as_new_value(question, namer, chain.sides[0], meant[:1]))
        for said in meant:
            sides = tuple(Side(side, term, 0) for side, term in zip(chain.sides, said, strict=True))
            about = explains if said is meant[0] else None
            statements.append(Statement(sides, chain.aside, about))
    return Steps(notation, namer, tuple(statements), tuple(unread), short)


def _is_used(name: str, where: _Read, chains: Sequence[_Read]) -> bool:
    """Whether a student's own name stands in another line than the one that explains it."""
    others = (side for chain in chains if chain is not where for side in chain.sides)
    names = (part for side in others for part in side.walk() if isinstance(part, tree.Name | tree.Scripted))
    return any(name in keys_of(part) for part in names)


def _reaching(namer: Namer, sides: Sequence[Tree]) -> Iterator[Term]:
    """What sides mean; a sum that leaves a letter loose which the first side does not have reaches as far as
    that letter stands."""
    bound: tuple[str, ...] | None = None
    for side in sides:
        term = namer.term(side)
        letters = letters_in(term)
        bound = letters if bound is None else bound
        loose = frozenset(letters) - set(bound)
        wide = widened(side, loose) if loose else side
        reached = namer.term(wide) if wide != side else term
        yield term if loose & set(letters_in(reached)) else reached


def _given(
    question: Question, chain: _Read, notation: Notation, vocabulary: Vocabulary, written: frozenset[str]
) -> tuple[str, tuple[str, ...]] | None:
    """The name that a chain gives, and the letters of its entry."""
    if len(chain.sides) < 2:
        return None
    if (own := name_given(chain.sides[0], vocabulary)) is not None:
        return own
    anew = name_given_anew(chain.sides[0], notation, vocabulary, written)
    if anew is None or _is_true(question, chain, notation, vocabulary):
        return None
    return anew, ()


def _is_true(question: Question, chain: _Read, notation: Notation, vocabulary: Vocabulary) -> bool:
    """Whether an equation holds as the course has its letters."""
    namer = Namer(vocabulary)
    try:
        return holds([namer.term(side) for side in chain.sides[:2]], Ground(question, notation))
    except NotUnderstood:
        return False


def _short(
    chains: Sequence[_Read], given: Sequence[tuple[str, tuple[str, ...]] | None], namer: Namer
) -> dict[str, Abbreviation]:
    """What the student's names are short for; a name may be explained after it is used, and by others."""
    waiting: dict[str, Abbreviation] = {}
    for chain, own in zip(chains, given, strict=True):
        if own is None or own[0] in waiting:
            continue
        try:
            body = namer.term(chain.sides[1])
        except NotUnderstood:
            continue
        short = Abbreviation(body, own[1])
        if not (own[1] and letters_left(short)):
            waiting[own[0]] = short
    known: dict[str, Abbreviation] = {}
    for _ in range(len(waiting)):
        for name in [name for name in waiting if name not in known]:
            try:
                known[name] = replace(waiting[name], body=put_in(waiting[name].body, known))
            except NotUnderstood:
                continue
    return known


def _numbered(
    text: str, statements: Sequence[Statement], unread: Sequence[Unread]
) -> tuple[tuple[Statement, ...], tuple[Unread, ...]]:
    """Every side and every row that was not read with the number of its line."""
    starts = [side.start for statement in statements for side in statement.sides]
    numbers = iter(row_numbers(text, [*starts, *(one.position for one in unread)]))
    told = tuple(
        replace(each, sides=tuple(replace(side, line=next(numbers)) for side in each.sides))
        for each in statements
    )
    return told, tuple(replace(one, line=next(numbers)) for one in unread)
