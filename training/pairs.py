"""Extract code with its docstrings and comments from freely licensed repositories, to train both models on.

    python training/pairs.py --mirrors FOLDER --out PAIRS.jsonl.gz [--jobs N]

`repositories.json` lists the repositories with their commits and licences; none is in the quality
benchmark. FOLDER has their git directories as OWNER+REPO/repo; missing ones are fetched. Semlens' own
chunker cuts the files. A line of the output has a chunk's code, and apart from it its docstring, comments,
names and path, from which `questions.py` makes questions.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

from semlens.core.chunk import chunk_with_rows
from semlens.core.chunk.docstrings import plain_comment
from semlens.core.embed.deep_model import DeepModel
from semlens.core.files.source import content_refusal, decode
from semlens.core.text.languages import language_of
from semlens.core.text.tokens import SPECIAL_TOKENS, ModelTokenizer
from semlens.settings import PLAIN_MODEL
from semlens.types import Chunk, ChunkKind, RelativePath

REPOSITORIES = Path(__file__).with_name("repositories.json")
LANGUAGES = frozenset(
    "python javascript typescript tsx go rust java kotlin scala c cpp csharp swift ruby php elixir haskell "
    "lua zig bash markdown rst".split()
)
FILES_A_REPOSITORY = 600
CHUNKS_A_REPOSITORY = 4000
MOST_BYTES = 200_000
LEAST_WORDS = 6
"""A chunk of fewer words says too little to be the answer to a question."""

_UNWANTED = re.compile(
    r"(?:^|/)(?:third[-_]?party|3rdparty|vendor(?:ed)?|deps|external|contrib|node_modules|dist|bundled|submodules"
    r"|locales?|i18n|translations|fixtures|testdata|snapshots|__snapshots__|generated|migrations|changelogs?"
    r"|changes|release-?notes)(?:/|$)|(?:^|/)(?:changelog|changes|history|news|releases|licen[cs]e|copying|authors"
    r"|contributors|code_of_conduct)[^/]*$"
    r"|nlohmann|fmtlib|abseil|absl|libuv|(?:^|/)fmt(?:/|$)",
    re.I,
)
"""Paths of vendored code, which may be the benchmark's, and of files that say nothing about code."""
_TEST = re.compile(
    r"(?:^|/)(?:tests?|specs?|__tests__|benchmarks?|examples?)(?:/|$)|[._-](?:test|spec)s?\.", re.I
)
_LEGAL = re.compile(r"copyright|licen[cs]e|spdx|all rights reserved|eslint|shellcheck|noqa", re.I)
_WORD = re.compile(r"[A-Za-z]{2,}")
_SLASHES = re.compile(r"\s*(?://|/\*|\*(?:\s|/|$))")
_HASH = re.compile(r"\s*#(?!!)")
_DASHES = re.compile(r"\s*(?:--|\{-)")
_COMMENTS = {
    **dict.fromkeys(("python", "ruby", "elixir", "bash"), _HASH),
    **dict.fromkeys(("haskell", "lua"), _DASHES),
    **dict.fromkeys(("markdown", "rst")),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mirrors", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    repositories = json.loads(REPOSITORIES.read_text("utf-8"))
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    total = 0
    with ProcessPoolExecutor(arguments.jobs) as pool, gzip.open(arguments.out, "wt", encoding="utf-8") as out:
        tasks = [pool.submit(pairs_of, arguments.mirrors, r["name"], r["commit"]) for r in repositories]
        for repository, task in zip(repositories, tasks, strict=True):
            found = task.result()
            total += len(found)
            print(f"{repository['name']}: {len(found)} chunks, {total} in all", flush=True)
            out.writelines(json.dumps(pair) + "\n" for pair in found)


def pairs_of(mirrors: Path, name: str, commit: str) -> list[dict[str, Any]]:
    """A sample of the chunks of a repository at `commit`, as JSON objects; the same in every run."""
    git_dir = _git_dir(mirrors, name, commit)
    draw = random.Random(name)
    paths = [path for path in list_files(git_dir, commit) if is_wanted(path)]
    draw.shuffle(paths)
    found: list[dict[str, Any]] = []
    for path, text in read_texts(git_dir, commit, paths[:FILES_A_REPOSITORY]):
        language = language_of(RelativePath(path)) or ""
        seen: set[str] = set()
        chunks = chunk_with_rows(text, language, tokenizer())
        for chunk in (one.chunk for one in chunks if not one.is_part):
            pair = _pair(chunk, path)
            if pair and chunk.content_hash not in seen:
                seen.add(chunk.content_hash)
                found.append({"repository": name, **pair})
    draw.shuffle(found)
    return found[:CHUNKS_A_REPOSITORY]


def _pair(chunk: Chunk, path: str) -> dict[str, Any] | None:
    doc = "\n".join(line for line in chunk.docstring.split("\n") if line and not _LEGAL.search(line))
    code, comments = _parted(without_docstring(chunk.embedding_text, chunk.docstring), chunk.language)
    if chunk.kind is ChunkKind.LINES or len(_WORD.findall(code)) < LEAST_WORDS:
        return None
    symbol = chunk.symbol
    return {
        "language": chunk.language,
        "path": path,
        "kind": chunk.kind.value,
        "name": symbol.name if symbol else "",
        "container": (symbol.container or "") if symbol else "",
        "defines": list(chunk.defines[:8]),
        "doc": doc[:600] if symbol and chunk.start_line <= symbol.start_line else "",
        "comments": comments,
        "code": code,
    }


def without_docstring(text: str, docstring: str) -> str:
    """`text` without the lines of its docstring."""
    lines = set(docstring.split("\n"))
    return "\n".join(line for line in text.split("\n") if plain_comment(line) not in lines)


def _parted(text: str, language: str) -> tuple[str, list[str]]:
    """The code without its comment lines, and the comments, one string for each block of lines."""
    marker = _COMMENTS.get(language, _SLASHES)
    if marker is None:
        return text, []
    code: list[str] = []
    blocks: list[list[str]] = [[]]
    for line in text.split("\n"):
        if marker.match(line):
            blocks[-1].append(plain_comment(line))
        else:
            code.append(line)
            if blocks[-1]:
                blocks.append([])
    said = [" ".join(block) for block in blocks if not any(map(_LEGAL.search, block))]
    return "\n".join(code), [words[:400] for words in said if len(_WORD.findall(words)) >= 4][:6]


@cache
def tokenizer() -> ModelTokenizer:
    """What cuts chunks as the deep tier has them."""
    model = DeepModel.find(PLAIN_MODEL)
    return ModelTokenizer(model.tokenizer_json, 256 - SPECIAL_TOKENS)


def is_wanted(path: str) -> bool:
    """Whether a file may train a model: source that is no test and nobody else's."""
    named = _UNWANTED.search(path) or _TEST.search(path)
    return not named and language_of(RelativePath(path)) in LANGUAGES


def _git_dir(mirrors: Path, name: str, commit: str) -> Path:
    folder = mirrors / name.replace("/", "+") / "repo"
    if not (folder / "HEAD").exists():
        folder.mkdir(parents=True)
        _git(folder, "init", "--quiet", "--bare", str(folder))
        _git(folder, "fetch", "--quiet", "--depth=1", f"https://github.com/{name}.git", commit)
    return folder


def list_files(git_dir: Path, commit: str) -> list[str]:
    """The paths of the commit's regular files of at most `MOST_BYTES`."""
    rows = _git(git_dir, "ls-tree", "-r", "-l", "-z", commit).decode("utf-8", "replace").split("\0")
    entries = (row.split("\t", 1) for row in rows if row.startswith("100"))
    sizes = ((path, meta.split()[3]) for meta, path in entries)
    return sorted(path for path, size in sizes if size.isdecimal() and 0 < int(size) <= MOST_BYTES)


def read_texts(git_dir: Path, commit: str, paths: list[str]) -> Iterator[tuple[str, str]]:
    """The paths and texts of files at a commit that are source."""
    wanted = "".join(f"{commit}:{path}\n" for path in paths).encode()
    data = _git(git_dir, "cat-file", "--batch", given=wanted)
    place = 0
    for path in paths:
        end = data.index(b"\n", place)
        head = data[place:end].split()
        if head[-1] == b"missing":
            place = end + 1
            continue
        size = int(head[-1])
        decoded = decode(data[end + 1 : end + 1 + size])
        place = end + size + 2
        if decoded and not content_refusal(RelativePath(path), decoded.text):
            yield path, decoded.text


def _git(git_dir: Path, *arguments: str, given: bytes | None = None) -> bytes:
    command = ["git", "-c", "safe.directory=*", f"--git-dir={git_dir}", *arguments]
    return subprocess.run(command, input=given, capture_output=True, check=True).stdout


if __name__ == "__main__":
    main()
