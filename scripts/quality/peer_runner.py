"""Answer queries with `semble`. The peer's interpreter runs this file; it imports nothing of Semlens.

    python peer_runner.py INSTANT_MODEL FOLDER

It writes our instant model to FOLDER in the format of model2vec and prints the version of `semble`. Then it
answers each line of JSON {root, queries, limit} with a line [[[path, first line, last line], …], …].
"""

from __future__ import annotations

import json
import logging
import sys
from importlib.metadata import version
from pathlib import Path


def main() -> None:
    from semble import SembleIndex

    logging.disable()
    _make_model(Path(sys.argv[1]), Path(sys.argv[2]))
    _say(version("semble"))
    for line in sys.stdin:
        asked = json.loads(line)
        index = SembleIndex.from_path(asked["root"])
        answers = [index.search(query, top_k=asked["limit"]) for query in asked["queries"]]
        _say(
            [
                [(one.chunk.file_path, one.chunk.start_line, one.chunk.end_line) for one in answer]
                for answer in answers
            ]
        )


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
