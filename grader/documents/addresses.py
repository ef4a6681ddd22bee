"""Pictures of formulas whose web address holds the formula itself."""

from __future__ import annotations

import html
import re
from array import array
from urllib.parse import unquote_to_bytes

from grader.documents.placed import Placed

HOSTS = (
    r"(?:latex\.codecogs\.com/[^\s()?\"']{0,40}\?|render\.githubusercontent\.com/render/math\?(?:mode=\w+&)?math="
    r"|chart\.(?:googleapis|apis\.google)\.com/chart\?cht=tx&(?:amp;)?chl=|(?:s0\.)?wp\.com/latex\.php\?latex="
    r"|i\.upmath\.me/(?:svg|png)/|math\.vercel\.app/?\?from=)"
)
"""Where such pictures come from, up to where the formula begins."""

_ABOUT_THE_PICTURE = re.compile(
    r"\\(?:dpi\{\d*\}|bg_\w+|fn_\w+|inline|tiny|small|normalsize|large|Large|LARGE|huge|Huge)(?![A-Za-z])"
    r"|&(?:bg|fg|s|c|color|mode|b)=[^&\s]*"
)
_BLANKS = re.compile(r"&(?:amp;)?(?P<name>space|plus|nbsp);|\\space(?![A-Za-z])")
_RUN = re.compile(r"(?:%[0-9a-fA-F]{2})+|[^%]+|%")


def formula_in(address: Placed) -> Placed:
    r"""The formula that the last part of an address holds, its signs in percent or not.

    >>> formula_in(Placed.whole("%5Cfrac%7B1%7D%7B2%7D&space;=%200.5")).text == r"\frac{1}{2} = 0.5"
    True
    """
    plain = Placed.joined(_decoded(address[slice(*run.span())]) for run in _RUN.finditer(address.text))
    spaced = plain.replaced(
        _BLANKS, lambda match: plain.saying("+" if match["name"] == "plus" else " ", match.start())
    )
    bare = spaced.replaced(_ABOUT_THE_PICTURE, lambda match: Placed.whole(""))
    return bare.replaced(_ENTITY, lambda match: bare.saying(html.unescape(match[0]), match.start()))


_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|#\d{2,5});")


def _decoded(run: Placed) -> Placed:
    if not re.match("%..", run.text):
        return run
    text = unquote_to_bytes(run.text).decode("utf-8", "replace")
    places, at = array("q"), 0
    for character in text:
        places.append(run.place(min(at, len(run) - 1)))
        at += 3 * len(character.encode())
    return Placed(text, places)
