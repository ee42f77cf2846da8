"""A secret in a file of each kind that is listed, and a token in a source file: in no byte that is stored."""

from __future__ import annotations

import asyncio
from pathlib import Path

from semlens.core.files.secrets import FOLDERS, NAMES, ORDINARY_NAMES
from semlens.core.lexical import LexicalIndex
from semlens.core.store.database import IndexDatabase
from support.live import Live, write
from support.oracle import index_folder

FINDABLE = "zqfindablezq"
KEY = "-----BEGIN RSA PRIVATE KEY-----\n{0}\n-----END RSA PRIVATE KEY-----\n"
KEY_SECRET = "zqsecretprivatekeyzq"
TOKEN_SECRET = "zqsecrettokenzq" + "a1B2" * 6


def planted() -> dict[str, str]:
    """A path of each kind, with the secret in it: one word, which no index spells otherwise."""
    names = [pattern.replace("*", "prod") for pattern in (*NAMES, *ORDINARY_NAMES)]
    paths = [*names, *(f"nested/folder/{name}" for name in names), *(f"{name}/config" for name in FOLDERS)]
    return {path: f"zqsecret{number:04}zq" for number, path in enumerate(dict.fromkeys(paths))}


async def test_no_stored_byte_holds_a_planted_secret(live: Live, tmp_path: Path) -> None:
    secrets = planted()
    assert len(NAMES) + len(FOLDERS) > 20
    folder = write(
        tmp_path / "workspace",
        {
            **{path: f"password = '{secret}'\n" for path, secret in secrets.items()},
            "looks_harmless.txt": KEY.format(KEY_SECRET),
            "readable.py": f"def {FINDABLE}():\n    return connect(token='ghp_{TOKEN_SECRET}')\n",
            ".semlensignore": "!*\n!**/*\n",
            ".gitignore": "!*\n",
        },
    )
    async with live.client() as client:
        await client.attach(folder)
        await client.ready(folder)
        for secret in [KEY_SECRET, TOKEN_SECRET, *list(secrets.values())[::9]]:
            answer = await client.search(secret, folder, wait=True)
            assert not any(secret in hit.preview for hit in answer.hits)
        for path, secret in list(secrets.items())[::5]:
            assert not (await client.why(folder, path)).indexed
            write(folder, {path: f"changed = '{secret}'\n"})
        assert not (await client.why(folder, "looks_harmless.txt")).indexed
        await client.index(folder, full=True)
        await asyncio.sleep(0.5)
        assert await client.found(FINDABLE, folder) == ["readable.py"]
    await live.stop()
    assert_nowhere(live.data_dir, [KEY_SECRET, TOKEN_SECRET, *secrets.values()])


def assert_nowhere(data_dir: Path, secrets: list[str]) -> None:
    """Neither as bytes of any file, nor in what stores keep compressed; the findable is found by this."""
    files = [path for path in data_dir.rglob("*") if path.is_file()]
    stored = {path: path.read_bytes().lower() for path in files}
    holding = [
        (path, secret) for path, data in stored.items() for secret in secrets if secret.encode() in data
    ]
    assert holding == []
    folder = index_folder(data_dir)
    database, words = IndexDatabase(folder / "index.db"), LexicalIndex(folder / "lexical")
    texts = "".join(
        text.text + text.embedding_text for file in database.reader.texts.documents() for _, text in file
    )
    assert FINDABLE in texts and words.search(FINDABLE, 1)
    assert not [secret for secret in secrets if secret in texts or words.search(secret, 1)]
    words.close()
    database.close()
