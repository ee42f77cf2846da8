"""The text that was read in an image stands below its other words, and without secrets."""

from __future__ import annotations

from dataclasses import dataclass

from semlens.core.images.picture_text import MOST_CHARACTERS, kept_lines, picture_rows, with_picture_text


@dataclass(frozen=True)
class Words:
    """A token a word."""

    limit: int = 9

    def count(self, text: str) -> int:
        return len(text.split())


def test_lines_are_kept_once_in_order_and_without_secrets() -> None:
    token = "ghp_" + "a1B2c3D4e5F6" * 3
    read = ["Order  4711", "|", "Order 4711", "packed", f"token {token}", "--", "Prüfen", "打包台"]
    kept = kept_lines(read)
    assert kept[:2] == ("Order 4711", "packed") and kept[3:] == ("Prüfen", "打包台")
    assert kept[2].startswith("token ghp_") and token not in kept[2]
    key = ["-----BEGIN PRIVATE KEY-----", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj"]
    assert kept_lines(key) == ()


def test_more_than_a_screen_of_text_is_left_out() -> None:
    kept = kept_lines(f"line {number} {'x' * 90}" for number in range(100))
    assert 0 < sum(map(len, kept)) <= MOST_CHARACTERS


def test_all_of_it_is_found_by_words_and_what_fits_by_models() -> None:
    words = with_picture_text("Image: pay", ["one two", "three four", "five"], Words())
    assert words.text == "Image: pay\nText in the picture:\none two\nthree four\nfive"
    assert words.embedded == "Image: pay\nText in the picture:\none two"
    lines = words.text.split("\n")
    assert [lines[row] for row in picture_rows(lines)] == ["one two", "three four", "five"]


def test_an_image_without_text_has_its_words_alone() -> None:
    words = with_picture_text("Image: pay", (), Words())
    assert words == ("Image: pay", "Image: pay") and not picture_rows(["Image: pay"])
