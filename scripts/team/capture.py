"""Everything that users' machines send while a repository with planted markers is indexed and searched."""

from __future__ import annotations

import re
from pathlib import Path

from support.team_server import SECRET, TOKEN
from team.table import Bench, show

_WORDS = 400
_ASKED = 5
"""Questions with a marker."""


async def what_is_sent(bench: Bench) -> None:
    """No marker in the bytes, in whatever form it might be written."""
    folder = bench.clone("zqplantedfolderzq")
    planted = [f"zqmarker{number:03}zq" for number in range(_WORDS)]
    for number in range(0, _WORDS, 4):
        path, name, text, secret = planted[number : number + 4]
        target = folder / path / f"{name}.py"
        target.parent.mkdir()
        target.write_text(
            f'def handle_{text}(request):\n    """Of {text}."""\n    key = "ghp_{secret}{"aB3" * 8}"\n'
            f"    return request.send(key, {number})\n",
            "utf-8",
        )
    (folder / "id_rsa").write_text("-----BEGIN RSA PRIVATE KEY-----\nzqmarkerkeyzq\n", "utf-8")
    proxy = bench.server.proxy
    proxy.capture = True
    for name in ("first", "second"):
        user = bench.user(f"zqmarkeruser{name}zq")
        user.join()
        user.run("team", "search", "on", folder, "--give", "--repository", "zqmarkerrepozq", "--yes")
        found = user.run("index", "--team", folder)
    asker = bench.user("zqmarkeruserthirdzq")
    asker.join()
    asker.run("index", "--tier", "instant", folder)
    asker.run("team", "search", "on", folder, "--repository", "zqmarkerrepozq", "--yes")
    for word in planted[: _ASKED * 4 : 4]:
        asker.run("search", f"where is {word} handled", "--folder", folder)
    sent = bytes(proxy.received)
    words = {one.encode() for one in re.findall(r"[A-Za-z_]{9,}", _source(folder))}
    kinds = {
        "planted markers": re.findall(rb"zqmarker", sent.lower()) + re.findall(rb"zqplanted", sent.lower()),
        "markers in hexadecimal": re.findall(b"zqmarker".hex().encode(), sent.lower()),
        "the team's secret": re.findall(SECRET.encode(), sent),
        "paths of this machine": re.findall(re.escape(str(bench.place)).encode(), sent),
        "words of the code": [word for word in words if word in _without_own_words(sent)],
    }
    rows = [[kind, len(some)] for kind, some in kinds.items()]
    rows.append(["for comparison, questions that were sent as a vector", sent.count(b'"query_embeddings"')])
    rows.append(["for comparison, the token that every request has", len(re.findall(TOKEN.encode(), sent))])
    show(
        f"What {len(sent):,} bytes hold that three users sent for {found['chunks']:,} chunks and "
        f"{_ASKED} questions",
        ("kind", "found"),
        rows,
    )


def _without_own_words(sent: bytes) -> bytes:
    """Without the vectors, which are Base64, and without what every request says."""
    parts = re.sub(rb'"(query_)?embeddings":\[.*?\]', b"", sent)
    own = (
        b"default_tenant", b"default_database",
        b"collections", b"metadatas", b"configuration",
        b"get_or_create", b"embeddings", b"dimension",
        b"Authorization", b"Accept-Encoding", b"Content-Length",
        b"Content-Type", b"application", b"keep-alive",
        b"Connection", b"User-Agent", b"max_neighbors", b"ef_construction", b"n_results", b"distances",
        b"ef_search",
    )  # fmt: skip
    for word in own:
        parts = parts.replace(word, b"")
    return parts


def _source(folder: Path) -> str:
    return "\n".join(path.read_text("utf-8", "replace") for path in folder.rglob("*") if path.is_file())
