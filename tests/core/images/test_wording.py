"""Which image a path means, and the words that an image gets."""

from __future__ import annotations

from semlens.core.images.wording import Use, name_in_words, uses_of, wording
from semlens.types import RelativePath


class Words:
    """Counts words."""

    limit = 12

    def count(self, text: str) -> int:
        return len(text.split())


def meant(images: list[str], path: str, target: str) -> list[str]:
    paths = [RelativePath(image) for image in images]
    found = uses_of(paths, [Use(RelativePath(path), 1, target, "words")])
    return [image for image in paths if found[image]]


def test_a_path_that_leads_to_an_image_means_it_alone() -> None:
    images = ["docs/img/logo.png", "img/logo.png", "web/logo.png"]
    assert meant(images, "docs/readme.md", "img/logo.png") == ["docs/img/logo.png"]
    assert meant(images, "docs/readme.md", "../img/logo.png") == ["img/logo.png"]
    assert meant(images, "docs/a/b.md", "/img/Logo.PNG") == ["img/logo.png"]
    assert meant(images, "web/main.ts", "./logo.png") == ["web/logo.png"]


def test_a_path_of_a_server_means_what_ends_so_and_a_name_the_only_one() -> None:
    images = ["web/public/img/logo.png", "web/logo.png"]
    assert meant(images, "src/a.tsx", "/img/logo.png") == ["web/public/img/logo.png"]
    assert meant(images, "src/a.tsx", "@/public/img/logo.png") == ["web/public/img/logo.png"]
    assert meant(images, "src/a.tsx", "logo.png") == []
    assert meant(images[:1], "src/a.tsx", "logo.png") == images[:1]
    assert meant(images, "src/a.tsx", "../../../../logo.png") == []


def test_names_in_words() -> None:
    names = {
        "a/checkoutFlow-2.png": "checkout Flow 2",
        "HTTPServer_map.svg": "HTTP Server map",
        "图.png": "图",
    }
    for path, words in names.items():
        assert name_in_words(RelativePath(path)) == words


def test_what_people_say_stands_before_many_labels_and_all_fits_the_window() -> None:
    use = Use(RelativePath("a.md"), 3, "a.svg", "How an order is paid")
    labels = ("Title", "About", *(f"label {number}" for number in range(50)))
    text = wording(RelativePath("img/pay-flow.svg"), labels, [use, use], Words())
    assert text.split("\n") == ["Image: pay flow", "Title", "About", "How an order is paid", "label 0"]
    long = wording(RelativePath(f"{'x-' * 100}.svg"), (), [], Words())
    assert 0 < Words().count(long) <= Words.limit
