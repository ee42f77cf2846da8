"""Which statements import, in every language, and which names they bind."""

from __future__ import annotations

import pytest

from semlens.core.pack.imports import bound_names, imports_of, needed


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("import os", {"os"}),
        ("import numpy as np", {"np"}),
        ("import os.path, sys", {"path", "sys"}),
        ("from a.b import c as d, e", {"d", "e"}),
        ("from a.b import (\n    c,\n    d,\n)", {"c", "d"}),
        ("import { a, b as c } from './x';", {"a", "c"}),
        ("import D, { a } from 'x'", {"D", "a"}),
        ("import type { T } from 'x'", {"T"}),
        ("import * as fs from 'node:fs';", {"fs"}),
        ("const { a, b: c } = require('x');", {"a", "c"}),
        ("const x = require('x');", {"x"}),
        ("import java.util.List;", {"List"}),
        ("import static a.B.c;", {"c"}),
        ("use std::collections::{HashMap, HashSet as Set};", {"HashMap", "Set"}),
        ("pub use a::b::C;", {"C"}),
        ("use App\\Models\\User;", {"User"}),
        ("using System.Text;", {"Text"}),
        ("using Json = Newtonsoft.Json;", {"Json"}),
        ('#include "shop/cart_total.h"', {"cart_total", "CartTotal"}),
        ("#include <vector>", {"vector", "Vector"}),
        ("require 'json'", {"json", "Json"}),
        ("require_relative '../cart_item'", {"cart_item", "CartItem"}),
        ("alias Shop.Cart", {"Cart"}),
        ("import Foundation", {"Foundation"}),
        ("import kotlin.math.PI as P", {"P"}),
    ],
)
def test_a_statement_binds_these_names(statement: str, names: set[str]) -> None:
    lines = statement.split("\n")
    (found,) = imports_of([*lines, "", "code"])
    assert found.lines == tuple(lines)
    assert bound_names(statement) == names


def test_each_line_of_a_group_in_go_is_an_import() -> None:
    lines = ["package p", "", "import (", '\t"fmt"', '\tlog "shop/logging"', '\t"net/http"', ")", ""]
    found = imports_of(lines)
    assert [one.names & {"fmt", "log", "http"} for one in found] == [{"fmt"}, {"log"}, {"http"}]
    assert [one.row for one in needed(found, "http.Get(log)")] == [4, 5]


@pytest.mark.parametrize(
    "line",
    [
        "important = 1",
        "from_date = today()",
        "uses = 3",
        "user.require_login()",
        "using (var file = open())",
        "x = import_module('a')",
        "included = []",
    ],
)
def test_what_only_begins_like_an_import_is_none(line: str) -> None:
    assert imports_of([line]) == ()


def test_what_stands_inside_a_definition_is_no_import_of_the_file() -> None:
    assert imports_of(["def f():", "    import os", "import re"], {0, 1})[0].row == 2
