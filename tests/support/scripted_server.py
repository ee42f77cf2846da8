"""The real language server in front of an engine that does what a test's query tells it to.

Run as a script. Only the engine is replaced; the process, its streams and its threads are the real ones.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from semlens.core.files.source import indexed_text
from semlens.errors import EngineError, FolderError, ModelError
from semlens.lsp.server import main
from semlens.protocol.codec import decode, encode_all
from semlens.protocol.json import json_bytes
from semlens.protocol.notifications import FolderStatus, Message, Progress
from semlens.protocol.request import Answer, Request, decode_answer

STATUS = {
    "state": "ready",
    "files": 3,
    "chunks": 7,
    "skipped": 1,
    "coverage": {"files": 3, "chunks": 7, "lexical": 1.0, "instant": 1.0, "deep": 0.5},
}
REPORT = {
    "files": 3310,
    "chunks": 7,
    "added": 1,
    "changed": 2,
    "removed": 3,
    "skipped": 4,
    "embedded": 5,
    "reused": 6,
    "seconds": 0.5,
    "skipped_reasons": {"binary": 4},
}


class ScriptedEngine:
    """Finds the files whose text holds the query, whole lines from `FIND` to the next blank line."""

    def __init__(self) -> None:
        self.on_notification: Callable[[Message | FolderStatus], None] = lambda notification: None
        self.on_connection: Callable[[bool], None] = lambda connected: None
        self.asked: list[dict[str, Any]] = []

    async def request(
        self, request: Request[Answer], on_progress: Callable[[Progress], None] | None = None
    ) -> Answer:
        """What the script answers, which comes and goes as JSON does."""
        params = json.loads(json_bytes(request, encode_all))
        self.asked.append({"method": request.method, **params})
        print("a stray print that must not reach the client")
        answer = getattr(self, f"_{request.method}")
        with_progress = [on_progress] if request.method == "index" else []
        return decode_answer(request, await answer(params, *with_progress))

    async def close(self) -> None:
        if "hang on close" in str(self.asked):
            await asyncio.sleep(60)

    def _say_status(self, folder: str, status: dict[str, Any]) -> None:
        self.on_notification(decode(FolderStatus, {"folder": folder, **status}, name=str))

    async def _attach(self, params: dict[str, Any]) -> Any:
        if "unattachable" in params["folder"]:
            raise EngineError("The engine cannot take this folder.")
        if "overtaken" in params["folder"]:
            self._say_status(params["folder"], STATUS)
            return {"folder": params["folder"], **STATUS, "state": "indexing"}
        return {"folder": params["folder"], **STATUS}

    async def _configure(self, params: dict[str, Any]) -> Any:
        if params["settings"]["model"].startswith("/no/"):
            raise ModelError("There is no such model.")
        return {"folder": params["folder"], **STATUS}

    async def _detach(self, params: dict[str, Any]) -> Any:
        return {}

    async def _focus(self, params: dict[str, Any]) -> Any:
        return {}

    _touch = _attend = _focus

    async def _pause(self, params: dict[str, Any]) -> Any:
        return params

    async def _why(self, params: dict[str, Any]) -> Any:
        refusal = {"rule": "*.log", "file": ".gitignore", "line": 3}
        return {"indexed": False, "reason": "is ignored", "refusal": refusal}

    async def _status(self, params: dict[str, Any]) -> Any:
        folders = [
            {"folder": entry["folder"], **STATUS} for entry in self.asked if entry["method"] == "attach"
        ]
        engine = {"pid": 1, "version": "1", "memory_bytes": 2}
        models = [{"tier": "deep", "name": "m", "state": "idle"}]
        return {"folders": folders, "engine": engine, "models": models, "data_dir": "/data", "disk_bytes": 3}

    async def _pack_search(self, params: dict[str, Any]) -> Any:
        packing = params["packing"]
        text = f"{params['question']['query']} in {packing['max_tokens']} tokens"
        return {"text": text, "structured": {}, "tokens": 5, "shown": ["a", "b"], "rest": 3}

    async def _search(self, params: dict[str, Any]) -> Any:
        query = params["query"]
        if query == "hang":
            await asyncio.sleep(60)
        if query == "block":
            import time

            time.sleep(60)
        if query == "crash":
            raise ZeroDivisionError("secret detail\nTraceback of something")
        if query == "what was asked":
            return {**_hits([]), "hits": [_hit("/", "asked", 1, [repr(self.asked)])]}
        if query == "image":
            words = ["Image: map", "The way to the door"]
            hit = {**_hit(params["folders"][0], "map.svg", 1, words), "language": "image", "end_line": 1}
            return _hits([{**hit, "symbol": None, "summary": words[1]}])
        if query == "explain" and params["explain"]:
            return _explained(params["folders"][0])
        if query == "loading":
            return {**_hits([]), "partial": not params["wait_seconds"]}
        if query == "announce":
            for entry in [entry for entry in self.asked if entry["method"] == "attach"]:
                self._say_status(entry["folder"], {**STATUS, "state": "indexing"})
        return _hits([hit for folder in params["folders"] for hit in _find(folder, query)][: params["limit"]])

    async def _folder_tokens(self, params: dict[str, Any]) -> Any:
        below = Path(params["folder"]) / params["below"]
        if "hang" in below.name:
            await asyncio.sleep(60)
        paths = sorted(path for path in below.rglob("*.py"))
        files = [
            {"path": path.relative_to(params["folder"]).as_posix(), "tokens": path.stat().st_size}
            for path in paths
        ]
        return {"tokenizer": params["tokenizer"], "files": files, "skipped": 2, "complete": False}

    async def _complete(self, params: dict[str, Any]) -> Any:
        query = params["query"]
        return {"completions": [{"label": "lang:go", "detail": "2 files", "query": f"{query}go "}]}

    async def _similar(self, params: dict[str, Any]) -> Any:
        return _hits(_find(params["folder"], params["text"].split("\n")[0]))

    async def _compare(self, params: dict[str, Any]) -> Any:
        texts = (params["one"], params["other"])
        words = [{"start": 1, "end": 2, "share": 0.25}]
        return {
            "model": params["tier"],
            "cosine": 0.5,
            "one": words,
            "other": words,
            "seen": [len(text) for text in texts],
            "percentile": 0.75,
        }

    async def _duplicates(self, params: dict[str, Any]) -> Any:
        """A group of the files called `copy`, and of one that is gone, in lines 2 to 4."""
        paths = sorted(path.name for path in Path(params["folder"]).glob("copy*.py"))
        places = [
            {"path": path, "name": "Shop.twin", "kind": "function", "start_line": 2, "end_line": 4}
            for path in [*paths, "gone.py"]
        ]
        group = {"places": places, "similarity": 0.75, "repeated_lines": 3 * (len(places) - 1)}
        counts = {"total": 5, "repeated_lines": 40, "coverage": STATUS["coverage"]}
        return {"groups": [group][: params["limit"]], **counts}

    async def _describe_networks(self, params: dict[str, Any]) -> Any:
        facts = {"parameters": 6, "table": 6, "dimension": 2, "vocabulary": 3, "size": 8}
        words = {"name": params["folder"], "deep": False, "tokenizer": "WordPiece", "pooling": "sum"}
        return {"networks": [{**words, **facts}], "chunks": 7, "split": 1}

    async def _measure_speed(self, params: dict[str, Any]) -> Any:
        return {"chunks": len(params["tier"]) // 2, "tokens": 30, "seconds": 0.5}

    async def _word_in_context(self, params: dict[str, Any]) -> Any:
        pair = {"one": 0, "other": len(params["texts"]) - 1, "static": 1.0, "layers": [0.5, 0.25]}
        return {"pairs": [pair], "missing": []}

    async def _list_models(self, params: dict[str, Any]) -> Any:
        folder = {"folder": "/shop", "answers": True, "texts": 4, "embedded": 0.5, "disk_bytes": 20}
        known = {"tier": "deep", "name": "m", "fingerprint": "m-2", "dimension": 2, "installed": True}
        mrr = {"mean": 0.5, "low": 0.25, "high": 0.75}
        measured = {"folder": "/shop", "source": "history", "questions": 40, "chunks": 900, "at": 86400.0}
        figures = {"pace": 12.5, "measured": [{**measured, "mrr": mrr}]}
        return {"models": [{**known, **figures, "folders": [folder], "vectors": 5, "removable_bytes": 30}]}

    async def _verify_model(self, params: dict[str, Any]) -> Any:
        return {"problem": "Changed."}

    async def _remove_models(self, params: dict[str, Any]) -> Any:
        return {"removed": [], "freed_bytes": 10 * len(params["fingerprints"][0])}

    async def _bench(self, params: dict[str, Any]) -> Any:
        interval = {"low": 0.25, "high": 0.75}
        names = ("mrr", "recall_at_1", "recall_at_5", "recall_at_10")
        figures = dict.fromkeys(names, 0.5) | {f"{name}_interval": interval for name in names}
        lexical = {"tiers": "lexical", "model": None, **figures}
        trials = [
            {
                "model": model,
                "chunks": 9,
                "seconds": 1.5,
                "results": [lexical, {"tiers": "deep", "model": model, **figures}],
                "problem": problem,
            }
            for model, problem in zip(("one", *params["models"]), (None, "It is slow."), strict=True)
        ]
        sides = {"tiers": "deep", "model": "one", "other_tiers": "deep", "other_model": "other"}
        difference = {**sides, "mrr": 0.1, "interval": interval, "within_chance": True}
        counts = {"questions": params["questions"], "files": 3, "seed": params["seed"]}
        return {**counts, "trials": trials, "differences": [difference]}

    async def _index(self, params: dict[str, Any], on_progress: Callable[[Progress], None]) -> Any:
        slow = "slow" in params["folder"]
        if "gone" in params["folder"]:
            raise FolderError(f"The folder {params['folder']} cannot be read: no such file or directory.")
        for done in (0, 1204, 3310):
            on_progress(Progress(1, "files", done, 3310))
            await asyncio.sleep(60 if slow and done else 0.12)
        return REPORT


def _find(folder: str, query: str) -> list[dict[str, Any]]:
    hits = []
    for path in sorted(Path(folder).rglob("*.py")):
        text = path.read_bytes().decode("utf-8").replace("\r\n", "\n")
        lines = indexed_text(path.name, text).split("\n")
        for row, line in enumerate(lines):
            if query in line:
                end = next((end for end in range(row, len(lines)) if not lines[end].strip()), len(lines))
                hits.append(_hit(folder, path.relative_to(folder).as_posix(), row + 1, lines[row:end]))
    return hits


def _hit(folder: str, path: str, start: int, lines: list[str]) -> dict[str, Any]:
    return {
        "folder": folder,
        "path": path,
        "start_line": start,
        "end_line": start + len(lines) - 1,
        "score": 0.5,
        "language": "python",
        "symbol": {"name": "f", "kind": "function", "container": None, "start_line": 1, "end_line": 2},
        "preview": "\n".join(lines),
        "line": start,
        "summary": lines[0].strip(),
        "stale": False,
        "reasons": [{"name": "lexical", "value": 0.25}],
    }


def _explained(folder: str) -> dict[str, Any]:
    """An answer that says of its hit why it is there, and why it is no good one."""
    effect = {"signal": "path", "value": 0.5, "text": "Its file is called so."}
    explanation = {
        "summary": "Found by its words.",
        "tiers": [{"tier": "lexical", "strength": "best", "text": "By its words: the best match of all."}],
        "words": [{"word": "retry", "places": ["name", "body"]}],
        "gained": [effect],
        "lost": [],
    }
    hit = _hit(folder, "a.py", 1, ["pass"])
    shortfall = {
        "searched": "Searched 1 of 3 files.",
        "progress": "All is read.",
        "left_out": [{"reason": "is binary", "count": 2}],
        "unknown": ["eggs"],
        "outside": [hit],
        "advice": "Ask for less.",
        "instead": "less",
    }
    return {**_hits([{**hit, "explanation": explanation}]), "weak": True, "shortfall": shortfall}


def _hits(hits: list[dict[str, Any]]) -> dict[str, Any]:
    return {"hits": hits, "coverage": STATUS["coverage"], "elapsed_ms": 1.5}


def run() -> int:
    return main(ScriptedEngine)


if __name__ == "__main__":
    sys.exit(run())
