"""Kinds of files that were left out on weak evidence: each belongs, unless its content says otherwise."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from semlens.core.files.membership import Membership
from semlens.core.files.source import Source, read_source
from semlens.core.files.walk import FoundFile, walk
from semlens.settings import Settings
from semlens.types import RelativePath, Skipped

CASES = Path(__file__).parents[2] / "fixtures" / "cases"


def read_all(root: Path) -> dict[str, Source | Skipped]:
    membership = Membership(root, Settings())
    return {
        item.path: read_source(root, item.path, membership.max_bytes, permission=item.permission)
        if isinstance(item, FoundFile)
        else item
        for item in walk(root, membership)
    }


def left_out(root: Path) -> set[str]:
    return {path for path, found in read_all(root).items() if isinstance(found, Skipped)}


def write(root: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


@pytest.mark.parametrize(
    ("case", "expected"), [("generated", {"gen/client.ts"}), ("secretnames", set()), ("longline", set())]
)
def test_what_strangers_ran_into(case: str, expected: set[str], tmp_path: Path) -> None:
    shutil.copytree(CASES / case, tmp_path / case)
    assert left_out(tmp_path / case) == expected


BASE64 = "iVBORw0KGgoAAAANSUhEUgAAAH0AAAC8CAYAAABVNKE0AAAA" * 60

PROGRAMS_WITH_SECRET_NAMES = {
    "api/credentials.graphql": "type Credentials { id: ID! }\n",
    "infra/credentials.tf": 'resource "aws_secretsmanager_secret" "db" { name = "db" }\n',
    "db/secrets.sql": "CREATE TABLE secrets (id int, cipher text);\n",
    "web/auth.vue": "<script>export default { name: 'auth' }</script>\n",
    "tools/id_ed25519_rotate.py": "def rotate():\n    pass\n",
    "app/.env.ts": "export const env = process.env;\n",
    "core/secret.ex": "defmodule Secret do\nend\n",
    "docs/credentials.md": "# Credentials\n\nHow a user signs in.\n",
    "ui/credentials.scss": ".credentials { color: red }\n",
    "app/sample.env": "API_KEY=changeme\n",
    "app/docker.example.env": "API_KEY=changeme\n",
    "web/env.d.ts": "declare const token: string;\n",
    "app/Passwords.swift": "func strength() {}\n",
}
SETTINGS_WITHOUT_SECRETS = {
    "chart/templates/secrets.yml": (
        "{{- if .Values.enabled }}\napiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ .Release.Name }}\n"
        "type: Opaque\nstringData:\n  token: {{ .Values.token | quote }}\n{{- end }}\n"
    ),
    "deploy/secrets.yaml": (
        "kind: ExternalSecret\nmetadata:\n  name: shop\nspec:\n  data:\n"
        "    - secretKey: password\n      remoteRef:\n        key: ${DB_PASSWORD}\n"
    )
    .replace("secretKey: password", "secretKey: PASSWORD")
    .replace("key: ${", "key: ${"),
    "i18n/de/secrets.json": '{"secret": "Geheimnis", "secret.password": "Ihr Kennwort"}\n',
    "src/locale/auth.json": '{"password": "Password", "token.hint": "Paste the token here"}\n',
    "ci/secrets.toml": '# filled in by CI\ntoken = "<your token>"\nname = "shop"\n',
    "config/credentials.yml": "production:\n  password: <%= ENV['DB_PASSWORD'] %>\n",
    "secrets.properties": "db.password=${DB_PASSWORD}\napi.key=changeme\n",
    "schemas/auth.json": '{"type": "object", "title": "Auth", "properties": {"user": {"type": "string"}}}\n',
    "wp-config.php": "<?php\ndefine('DB_NAME', getenv('DB_NAME'));\ndefine( 'WP_DEBUG', false );\n",
}
SETTINGS_WITH_SECRETS = {
    "config/secrets.yaml": "db:\n  password: hunter2\n",
    "secrets.prod.yaml": "stripe: whsec4f9a8b7c6d5e4f3a\n",
    "my-credentials.json": '{"client_secret": "tiger-lily-42"}\n',
    "auth.json": '{"github-oauth": {"github.com": "0123456789abcdef0123456789abcdef01234567"}}\n',
    "secrets.ini": "[db]\npwd = s3cr3t\n",
    "secrets.xml": '<r>\n<string name="api_key">9f86d081884c7d65</string>\n</r>\n',
    "credentials.txt": "hunter2\n",
    "wp-config.php": "<?php\ndefine('DB_PASSWORD', 'correct-horse');\n",
    "secret.toml": 'value = "hunter2"\n',
    "passwords.txt": "bob: hunter2\n",
    "env.production": "API_KEY=hunter2\n",
    ".secrets.baseline": "root: toor99\n",
}
LONG_LINES = {
    "logo.svelte": f"<script>\n  let shown = false;\n  function show() {{ shown = true; }}\n</script>\n"
    f'<img src="data:image/png;base64,{BASE64}">\n',
    "seed.rb": "# Adds the countries that the shop ships to.\nCountry.insert_all([\n"
    + ",".join(f'{{id:{n},code:"C{n}",zone:"Z{n % 7}"}}' for n in range(200))
    + "\n])\n",
    "font.css": f"@font-face {{ src: url(data:font/woff2;base64,{BASE64}) }}\n.price {{ color: green }}\n"
    ".total { font-weight: bold }\n.discount { text-decoration: line-through }\n",
    "shop.json": f'{{"name": "shop", "description": "Sells things", "logo": "{BASE64}"}}\n',
    "table.go": "package crc\n\nvar table = [...]uint32{" + "0x77073096," * 400 + "}\n\n"
    "// Sum adds one byte to a checksum.\nfunc Sum(c uint32, b byte) uint32 { return table[byte(c)^b] }\n",
}


@pytest.mark.parametrize("files", [PROGRAMS_WITH_SECRET_NAMES, SETTINGS_WITHOUT_SECRETS, LONG_LINES])
def test_others_of_each_kind_belong(files: dict[str, str], tmp_path: Path) -> None:
    assert left_out(write(tmp_path, files)) == set()


def test_settings_with_secrets_stay_out(tmp_path: Path) -> None:
    assert left_out(write(tmp_path, SETTINGS_WITH_SECRETS)) == set(SETTINGS_WITH_SECRETS)


def test_a_long_line_is_cut_and_the_others_are_whole(tmp_path: Path) -> None:
    for path, found in read_all(write(tmp_path, LONG_LINES)).items():
        assert isinstance(found, Source)
        written, indexed = found.written.split("\n"), found.text.split("\n")
        assert found.written == LONG_LINES[path] and len(indexed) == len(written)
        for whole, line in zip(written, indexed, strict=True):
            assert line == whole if len(whole) < 2_000 else len(line) < 400


def test_a_grammar_reads_the_whole_line(tmp_path: Path) -> None:
    """Otherwise the brackets that a long line opens would stay open in the rest of the file."""
    found = read_all(write(tmp_path, LONG_LINES))["table.go"]
    assert isinstance(found, Source) and found.parsed == found.written


def test_nothing_but_long_lines_is_minified(tmp_path: Path) -> None:
    files = {
        "app.js": "/*! licence: MIT, by the authors of the library and others */\n" + "a.b(c,d);" * 400,
        "x.min.css": ".a{b:c}.d{e:f}" * 100,
        "logo.json": f'"data:image/png;base64,{BASE64}"',
        "data.json": "[" + "1," * 4_000 + "1]\n",
        "lib.min.js": "function add(a, b) {\n  return a + b;\n}\n" * 40,
    }
    assert left_out(write(tmp_path, files)) == {"app.js", "x.min.css", "logo.json", "data.json"}


ONE_LINE = (
    "export function total(items, discount) { if (items.length === 0) { throw new Error('empty'); } "
    "const sum = items.reduce((all, one) => all + one.price * one.count, 0); return sum * (1 - discount); }"
)


def test_code_in_one_line_that_somebody_spaced_is_not_minified(tmp_path: Path) -> None:
    tight = ONE_LINE.translate({ord(" "): None})
    written = {
        "short.ts": ONE_LINE + "\n",
        "long.ts": " ".join([ONE_LINE] * 12) + "\n",
        "long.css": ".price { color: green; margin: 0; } .total { font-weight: bold; } " * 40,
        "cart-min.js": ONE_LINE * 2,
        "cart.bundle.js": ONE_LINE * 2,
        "short.js": tight,
    }
    minified = {
        "tight.ts": tight * 30,
        "tight.css": ".price{color:green;margin:0}.total{font-weight:bold}" * 60,
        "tight.min.js": tight * 2,
        "names.ts": "export const names = [" + ", ".join(f'"name {n}"' for n in range(400)) + "];\n",
        "spaced.json": "{" + ", ".join(f'"{n}": {{ "zone": "Z{n}" }}' for n in range(200)) + "}\n",
    }
    assert left_out(write(tmp_path, {**written, **minified})) == set(minified)
    long = read_all(tmp_path)["long.ts"]
    assert isinstance(long, Source) and long.text == long.written


SHARED_ENDINGS = {
    "Cart.res": "let total = items => items->Array.reduce(0, (sum, item) => sum + item.price)\n",
    "server.pkl": "module Server\n\nport: UInt16 = 8080\n",
    "Pendulum.mo": "model Pendulum\n  parameter Real length = 1.0;\nend Pendulum;\n",
    "login.exp": "proc save {host} {\n    spawn ssh $host\n}\n",
    "pump.a": "procedure Dose (Level : Float) is\nbegin\n   Run (Level);\nend Dose;\n",
    "box.ps": "%!\n/box { newpath moveto lineto closepath stroke } def\nshowpage\n",
    "Blink.nc": "module BlinkC {\n  uses interface Leds;\n}\nimplementation {}\n",
    "tone.orc": "instr 1\n  kenv linen p4, 0.1, p3, 0.1\n  aout oscili kenv, p5\nendin\n",
    "window.pb": 'Procedure OpenMain()\n  OpenWindow(0, 0, 0, 320, 240, "Main")\nEndProcedure\n',
    "shop.map": 'MAP\n  NAME "shop"\n  LAYER\n    TYPE POINT\n  END\nEND\n',
    "orders.pkg": "CREATE OR REPLACE PACKAGE orders AS\n  PROCEDURE cancel(id NUMBER);\nEND orders;\n",
    "tree.p8": "pico-8 cartridge // http://www.pico-8.com\nversion 7\n__lua__\n-- grows a tree\n",
    "triangle.ps": "%!PS-Adobe-3.0\n%%Creator: Ada\n%%Pages: 1\n% draws it\n/sierpinski { fill } def\n",
    "Main.class": '\' Gambas class file\n\nPublic Sub Main()\n  Print "shop"\nEnd\n',
    "guide.doc": "How to count the stock\n\nOpen the shop, then count.\n",
    "ring.lib": 'version="1.0";\nproc ring_sum(list l) { return (l[1] + l[2]); }\n',
}
DATA = {
    "app.js.map": '{"version":3,"file":"app.js","sources":["a.ts"],"mappings":"AAAA"}',
    "bolt.step": "ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION(('bolt'),'2;1');\n",
    "page.ps": "%!PS-Adobe-3.0\n%%Creator: cairo\n%%Pages: 1\nsave\n",
    "points.dat": "1.0 2.0 3.0\n" * 50,
    "cube.obj": "# a cube\no cube\nv 1.0 1.0 1.0\nv 1.0 1.0 -1.0\n",
    "model.mo": "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
    "weights.py": "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
    "letter.doc": "{\\rtf1\\ansi Dear Ada}\n",
    "rows.csv": "a,b\n1,2\n",
    "wood.mat": "%YAML 1.1\n%TAG !u! tag:unity3d.com,2011:\n--- !u!21\nMaterial:\n",
}


def test_an_ending_that_a_language_has_too_is_no_evidence(tmp_path: Path) -> None:
    binary = dict.fromkeys(
        ("a.res", "b.pkl", "c.mo", "d.exp", "e.a", "f.lib", "g.out", "h.class", "i.p8"), "\x00\x01\x02"
    )
    root = write(tmp_path, {**SHARED_ENDINGS, **DATA, **binary})
    assert left_out(root) == DATA.keys() | binary.keys()


def test_why_a_file_is_out_for_its_content(tmp_path: Path) -> None:
    root = write(tmp_path, {"a.py": "# Licence: MIT.\n\n# Generated by x. DO NOT EDIT.\n", **DATA})
    found = read_all(root)
    made = found["a.py"]
    assert isinstance(made, Skipped)
    assert (made.rule, made.rule_file, made.rule_line) == ("Generated by x.", RelativePath("a.py"), 3)
    assert "source map" in str(found["app.js.map"])
