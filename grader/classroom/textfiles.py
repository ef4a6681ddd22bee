"""Opens a file that somebody handed in: only a plain one of sensible size, saying how it was decoded."""

from __future__ import annotations

import codecs
import os
import stat
from pathlib import Path

MOST_BYTES = 1_000_000
LONGEST_LINE = 10_000


class Unreadable(Exception):
    """Why one file cannot be read, as the end of a sentence that begins with its name."""


def read_bytes(path: Path) -> bytes:
    """The content of a plain file; links, devices, pipes and what is too large raise `Unreadable`."""
    try:
        # without O_NONBLOCK a pipe would keep us waiting for whoever writes into it
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        link = path.is_symlink()
        raise Unreadable(
            "is a link, which is not followed" if link else f"cannot be opened: {error.strerror}"
        ) from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable("is not a plain file")
        if status.st_nlink > 1:
            raise Unreadable("is a hard link to another file; hand in a copy")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            content = file.read(MOST_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(content) > MOST_BYTES:
        raise Unreadable(f"has {status.st_size:,} bytes; at most {MOST_BYTES:,} are read")
    return content


def decoded(content: bytes) -> tuple[str, str | None]:
    """Text with ``\\n`` at its line ends, and a remark if it is not the UTF-8 it should be.

    >>> decoded("\\ufeffδ\\r\\n".encode()), decoded(b"\\xe9")
    (('δ\\n', None), ('é', 'is not UTF-8; read as Latin-1'))
    """
    remark = None
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text, remark = content.decode("utf-16", "replace"), "is UTF-16, not UTF-8"
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text, remark = content.decode("latin-1"), "is not UTF-8; read as Latin-1"
    if "\0" in text:
        raise Unreadable("is no text file (it holds NUL characters)")
    return text.replace("\r\n", "\n").replace("\r", "\n"), remark


def read_text(path: Path) -> tuple[str, str | None]:
    """The text of a file and a remark on its encoding; raises `Unreadable`."""
    text, remark = decoded(read_bytes(path))
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LONGEST_LINE:
            raise Unreadable(
                f"has {len(line):,} characters in line {number}; at most {LONGEST_LINE:,} are read"
            )
    return text, remark
