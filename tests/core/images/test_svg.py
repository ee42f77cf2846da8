"""The words in SVG images, and files that are none or mean harm."""

from __future__ import annotations

import pytest

from semlens.core.images.svg import MOST_CHARACTERS, NotSvgError, svg_words

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">'


def words(inside: str, head: str = "") -> tuple[str, ...]:
    return svg_words(f"{head}{HEAD}{inside}</svg>".encode())


def test_titles_descriptions_and_texts_are_words() -> None:
    inside = """
      <title>How an order is paid</title><desc>From the cart
        to the receipt</desc>
      <g><text x="1">Cart</text><text>Pay<tspan> now</tspan></text><text>Cart</text></g>
      <rect aria-label="The bank"/><path d="M0 0"/>
      <foreignObject><div xmlns="http://www.w3.org/1999/xhtml"><p>Refund</p><p>Done</p></div></foreignObject>
    """
    assert words(inside) == (
        "How an order is paid",
        "From the cart to the receipt",
        "Cart",
        "Pay now",
        "The bank",
        "Refund Done",
    )


def test_scripts_styles_and_metadata_are_none() -> None:
    inside = (
        "<script>alert('run me')</script><style>text { fill: red }</style><metadata>made by a tool</metadata>"
        "<text>Shown<script>hidden()</script></text><text>%%%</text>"
    )
    assert words(inside) == ("Shown",)


def test_other_encodings_and_a_doctype_are_read() -> None:
    doctype = (
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    )
    assert words("<title>Größe</title>", doctype) == ("Größe",)
    text = f'<?xml version="1.0" encoding="utf-16"?>{HEAD}<title>Größe</title></svg>'
    assert svg_words(text.encode("utf-16")) == ("Größe",)
    latin = f'<?xml version="1.0" encoding="iso-8859-1"?>{HEAD}<title>Größe</title></svg>'
    assert svg_words(latin.encode("latin-1")) == ("Größe",)


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 or chr(0)};".replace(chr(0), "") * 10}">' for n in range(1, 12))
    + f"]>{HEAD}<title>&a11;</title></svg>"
)
OUTSIDE = f'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>{HEAD}<title>&x;</title></svg>'
PARAMETER = f'<!DOCTYPE svg [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x">%x;]>{HEAD}<title>a</title></svg>'


@pytest.mark.parametrize("text", [BOMB, OUTSIDE, PARAMETER])
def test_entities_are_never_expanded(text: str) -> None:
    assert svg_words(text.encode()) == ()


def test_a_broken_image_has_the_words_before_the_break() -> None:
    assert svg_words(f"{HEAD}<title>Half</title><text>cut".encode()) == ("Half",)
    assert svg_words(f"{HEAD}<title>Half</title><a></b></svg>".encode()) == ("Half",)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"<html><svg></svg></html>",
        b"# Heading",
        b"\xff" * 100,
        b'<?xml version="1.0" encoding="no-such"?><svg/>',
        b"\x1f\x8b\x08\x00",
    ],
)
def test_what_is_no_svg_is_refused(data: bytes) -> None:
    with pytest.raises(NotSvgError):
        svg_words(data)


def test_many_or_deep_texts_are_cut() -> None:
    many = words("".join(f"<text>station {number}</text>" for number in range(20_000)))
    assert sum(map(len, many)) <= MOST_CHARACTERS
    assert sum(map(len, words(f"<text>{'long ' * 100_000}</text>"))) <= 2 * MOST_CHARACTERS
    deep = svg_words((HEAD + "<g>" * 50_000 + "<text>far down</text>").encode())
    assert deep == () or deep == ("far down",)


def test_access_tokens_are_masked() -> None:
    token = "ghp_" + "0123456789abcdefghijABCDEFGHIJ012345"
    assert token not in " ".join(words(f"<text>token {token}</text>"))
