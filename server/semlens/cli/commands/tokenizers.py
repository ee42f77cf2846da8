"""`semlens tokenizers`: see which tokenizers there are, get another one, train one's own."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from semlens.cli.commands.tokens import library
from semlens.cli.engine import print_json, say
from semlens.core.cost.folder import texts_of
from semlens.core.text.tokenizers import fetch
from semlens.core.text.tokenizers.json_file import JsonTokenizer
from semlens.core.text.tokenizers.train import Kind, save
from semlens.core.text.tokenizers.train import train as learn
from semlens.errors import UsageError
from semlens.settings import DEFAULT_TOKENIZER, Settings
from semlens.types import CancelToken, RelativePath

SAMPLE = 200
"""Files on which a trained tokenizer is compared with the default one."""


def show_list(as_json: bool) -> None:
    """Print every tokenizer that can be named, and whether it is here."""
    listed = library().listed()
    if as_json:
        print_json({"tokenizers": [asdict(one) for one in listed]})
        return
    width = max(len(one.name) for one in listed)
    models = max(len(one.models) for one in listed)
    for one in listed:
        here = "here" if one.here else f"{one.megabytes:g} MB to get, {one.licence}"
        say(f"{one.name:{width}}  {one.models:{models}}  {here}")
    say("Also: hf:ORG/NAME, or the path of a tokenizer.json, tekken.json, .model or .tiktoken file.")


def get(name: str) -> None:
    """Download a tokenizer's file. Raises `UsageError`, `ModelError` and `StorageError`."""
    tokenizers = library()
    file = fetch.get(tokenizers, name)
    tokenizer = tokenizers.named(name)
    words = f"{tokenizer.strategy.value}, {tokenizer.vocabulary:,} tokens"
    say(f"{name} is ready ({words}): {file}")


def train(folder: Path, name: str, kind: Kind, vocabulary: int) -> None:
    """Train a tokenizer on a folder's files, and say what it is worth there.

    Raises `FolderError`, `UsageError` and `StorageError`.
    """
    tokenizers = library()
    target = tokenizers.path_for_own(name)
    texts = list(texts_of(folder, RelativePath(""), Settings(), CancelToken()))
    if not texts:
        raise UsageError(f"{folder} has no file to learn from: `semlens why FILE` says why one is left out.")
    trained = learn(texts, kind, vocabulary)
    save(trained, target)
    own, default = JsonTokenizer(target, name), tokenizers.named(DEFAULT_TOKENIZER)
    # Every n-th file, so that a large folder does not take minutes.
    sample = texts[:: max(1, len(texts) // SAMPLE)]
    counts = [sum(map(tokenizer.count, sample)) for tokenizer in (own, default)]
    say(f"{name} has {own.vocabulary:,} tokens, learned from {len(texts):,} files: {target}")
    say(
        f"It makes {counts[0]:,} tokens of {len(sample):,} of these files, "
        f"where {default.name} with its {default.vocabulary:,} makes {counts[1]:,}."
    )
