"""A name means a definition only where the text before it lets it."""

from __future__ import annotations

import pytest

from semlens.core.pack.uses import Definition, Use, may_mean, uses_in
from semlens.types import RelativePath

FLASK = """
def get_signing_serializer(self, app):
    keys: list[str | bytes] = []
    if fallbacks := app.config["SECRET_KEY_FALLBACKS"]:
        keys.extend(fallbacks)
    keys.append(app.secret_key)
    return URLSafeTimedSerializer(keys, salt=self.salt)
"""


def definition(
    kind: str, container: str | None = None, path: str = "shop/cart.py", language: str = "python"
) -> Definition:
    return Definition(kind, container, RelativePath(path), language)


def means(code: str, name: str, found: Definition, file_text: str = "") -> bool:
    return any(may_mean(use, found, file_text) for use in uses_in(code) if use.name == name)


def test_uses_are_read_with_what_stands_before_them() -> None:
    assert uses_in(FLASK)[1:] == [
        Use("extend", "keys"),
        Use("append", "keys"),
        Use("URLSafeTimedSerializer", ""),
    ]
    assert uses_in("a.b.c(d)[0].e(); x?.f(); Cart::g(); super().h(); this->i(); ' '.j()") == [
        Use("c", "b"), Use("e", None), Use("f", "x"), Use("Cart", ""), Use("g", "Cart"), Use("super", ""),
        Use("h", "super()"), Use("i", "this"), Use("j", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "name", "found"),
    [
        (FLASK, "extend", definition("function", "Blueprint._merge_blueprint_funcs")),
        (FLASK, "extend", definition("method", "Registry")),
        (FLASK, "append", definition("function")),
        ("total()", "total", definition("function", "checkout")),
        ("', '.join(names)", "join", definition("method", "Path")),
        ("x = rows[0].get(key)", "get", definition("method", "Client")),
        ("json.dumps(x)", "dumps", definition("function", path="shop/cart.py")),
        ("list.map(f)", "map", definition("method", "Stream", "src/stream.ts", "typescript")),
    ],
)
def test_a_name_that_belongs_to_something_else_means_no_definition(
    code: str, name: str, found: Definition
) -> None:
    assert not means(code, name, found)


@pytest.mark.parametrize(
    ("code", "name", "found", "file_text"),
    [
        ("self.extend(x)", "extend", definition("method", "Registry"), ""),
        ("super().extend(x)", "extend", definition("method", "Registry"), ""),
        ("Registry.extend(x)", "extend", definition("method", "app.Registry"), ""),
        ("cart.checkout()", "checkout", definition("method", "Cart"), ""),
        ("rows[0].checkout()", "checkout", definition("method", "Cart"), ""),
        ("total(x)", "total", definition("function"), ""),
        ("cart.total(x)", "total", definition("function"), ""),
        ("shop.total(x)", "total", definition("function"), ""),
        ("c.total(x)", "total", definition("function"), "import shop.cart as c\n"),
        ("Cart(x)", "Cart", definition("class"), ""),
        ("models.Cart(x)", "Cart", definition("class"), ""),
        ("shop::total()", "total", definition("function", "shop", "src/a.cpp", "cpp"), ""),
        ("total()", "total", definition("function", "shop", "src/a.cpp", "cpp"), ""),
    ],
)
def test_a_name_means_what_it_may_reach(code: str, name: str, found: Definition, file_text: str) -> None:
    assert means(code, name, found, file_text)
