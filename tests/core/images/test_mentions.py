"""What texts say of images: in Markdown, HTML, reStructuredText, AsciiDoc, notebooks' cells and code."""

from __future__ import annotations

import time

import pytest

from semlens.core.images.mentions import MOST_MENTIONS, mentions_in


def said(text: str, is_document: bool = True) -> dict[str, str]:
    return {one.target: one.words for one in mentions_in(text.split("\n"), is_document)}


@pytest.mark.parametrize(
    ("text", "target", "words"),
    [
        ("![The checkout](img/a.png)", "img/a.png", "The checkout"),
        ('![The checkout](img/a.png "Three steps")', "img/a.png", "The checkout. Three steps"),
        ("![The *big* `cart`](<my img/a b.png>)", "my img/a b.png", "The big cart"),
        ("![Cart](img/a%20b.png?raw=true#x)", "img/a b.png", "Cart"),
        ("[see the plan](plan.svg)", "plan.svg", "see the plan"),
        ("![The map][m]\n\n[m]: img/map.png", "img/map.png", "The map"),
        ('[m]: img/map.png "Of the town"', "img/map.png", "Of the town"),
        ("![](a.png)\n*Figure 1: how it is paid*", "a.png", "Figure 1: how it is paid"),
        ("# Shop\n\n## Paying\n\n![](a.png)", "a.png", "Paying"),
        ("Shop\n====\n\n![](a.png)", "a.png", "Shop"),
        ('<img src="a.png" alt="The cart" width="3">', "a.png", "The cart"),
        ("<img\n  alt='The cart'\n  src='img/a.png'\n>", "img/a.png", "The cart"),
        ("<figure><img src=a.png>\n<figcaption>The cart</figcaption></figure>", "a.png", "The cart"),
        (".. image:: a.png\n   :alt: The cart\n   :width: 3", "a.png", "The cart"),
        (".. figure:: img/a.png\n   :width: 3\n\n   How it is paid.", "img/a.png", "How it is paid"),
        (".. |cart| image:: a.png\n   :alt: The cart", "a.png", "The cart"),
        ("image::img/a.png[The cart, 300]", "img/a.png", "The cart"),
        ("\\includegraphics[width=3cm]{img/a.png}\n\\caption{The cart}", "img/a.png", "caption The cart"),
    ],
)
def test_documents(text: str, target: str, words: str) -> None:
    assert said(text)[target] == words


@pytest.mark.parametrize(
    ("text", "target", "words"),
    [
        ("# The picture of the cart\nCART = load('img/a.png')", "img/a.png", "The picture of the cart. CART"),
        ('CHECKOUT_BANNER = "img/a.png"', "img/a.png", "CHECKOUT BANNER"),
        ('  "cartLogo": "/static/a.png",', "/static/a.png", "cartLogo"),
        ("  load('a.png'); // shown when the cart is empty", "a.png", "shown when the cart is empty"),
        ('/* The map\n * of shops */\nx("a.png")', "a.png", "The map of shops"),
        (
            "background: url(../img/a.png); /* behind the cart */",
            "../img/a.png",
            "behind the cart. background",
        ),
        ("<Image alt={'The cart'} src={`${base}/img/a.png`} />", "/img/a.png", "The cart"),
        ('  path = "img\\\\a.png"', "img//a.png", ""),
        ("const icon = require('./a.svg')", "./a.svg", ""),
    ],
)
def test_code(text: str, target: str, words: str) -> None:
    assert said(text, is_document=False)[target] == words


def test_images_of_other_places_and_other_words_are_none() -> None:
    text = (
        "![b](https://example.com/a.png) //cdn.example.com/b.png data:image/png;base64,x .png x.pngs a.png-o"
    )
    assert said(text) == {}


def test_a_text_with_very_many_or_very_long_lines_takes_no_time() -> None:
    started = time.process_time()
    found = mentions_in(["![a](a.png) <" * 3_000] * 2_000, True)
    assert MOST_MENTIONS <= len(found) <= 2 * MOST_MENTIONS
    for text in (
        "[" * 100_000 + "a.png",
        "<" * 4_000 + "a.png",
        '"' * 4_000 + "a.png",
        "a" * 100_000 + ".png",
    ):
        mentions_in([text] * 50, False)
    assert time.process_time() - started < 60  # a minute would be a fault of the patterns
