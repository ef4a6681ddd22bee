"""Words as a sentence of their own."""

from __future__ import annotations


def as_sentence(words: str) -> str:
    """Words with a capital letter and a point; a name at their beginning stays as it is.

    >>> as_sentence("the printed operands give 0.56"), as_sentence("w_1 has no value")
    ('The printed operands give 0.56.', 'w_1 has no value.')
    >>> as_sentence("j counts to 4 here"), as_sentence("a bracket is missing")
    ('j counts to 4 here.', 'A bracket is missing.')
    """
    first = words.partition(" ")[0]
    is_word = first.isalpha() and first.islower() and (len(first) > 1 or first == "a")
    begun = words[:1].upper() + words[1:] if is_word else words
    return begun + ("" if words.endswith((".", "?", "!")) else ".")
