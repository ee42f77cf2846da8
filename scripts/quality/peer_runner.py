"""Answer queries with `semble`. The peer's interpreter runs this file; it imports nothing of Semlens.

    python peer_runner.py INSTANT_MODEL FOLDER

It writes our instant model to FOLDER in the format of model2vec and prints the version of `semble`. Then it
answers each line of JSON {root, queries, limit} with a line [[[path, first line, last line], …], …], and one
with `lines`, the most lines of a snippet, with the results as its tool for agents writes them.
"""

from __future__ import annotations

import json
import logging
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any


def main() -> None:
    from semble import SembleIndex

    logging.disable()
    _make_model(Path(sys.argv[1]), Path(sys.argv[2]))
    _say(version("semble"))
    for line in sys.stdin:
        asked = json.loads(line)
        index = SembleIndex.from_path(asked["root"])
        if "lines" in asked:
            _say([_snippets(index, query, asked["limit"], asked["lines"]) for query in asked["queries"]])
            continue
        answers = [index.search(query, top_k=asked["limit"]) for query in asked["queries"]]
        _say(
            [
                [(one.chunk.file_path, one.chunk.start_line, one.chunk.end_line) for one in answer]
                for answer in answers
            ]
        )


def _snippets(index: Any, query: str, limit: int, lines: int) -> Any:
    from semble.utils import format_results

    results = index.search(query, top_k=limit, max_snippet_lines=lines)
    return format_results(query, results, lines)["results"]


def _make_model(source: Path, folder: Path) -> None:
    import numpy as np
    from model2vec import StaticModel
    from tokenizers import Tokenizer

    rows, scales = np.load(source / "rows.npy"), np.load(source / "scales.npy")
    tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
    vectors = rows.astype(np.float32) * scales[:, None]
    StaticModel(vectors[: tokenizer.get_vocab_size()], tokenizer, normalize=True).save_pretrained(folder)


def _say(value: object) -> None:
    print(json.dumps(value), flush=True)


if __name__ == "__main__":
    main()
