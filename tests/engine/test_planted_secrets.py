"""A secret in a file of each kind that is listed: in no byte that is stored, whatever rules say."""

from __future__ import annotations

import asyncio
from pathlib import Path

from semlens.core.files.secrets import FOLDERS, NAMES
from semlens.core.lexical import LexicalIndex
from semlens.core.store.database import IndexDatabase
from support.live import Live, write
from support.oracle import index_folder

FINDABLE = "zqfindablezq"
KEY = "-----BEGIN RSA PRIVATE KEY-----\n{0}\n-----END RSA PRIVATE KEY-----\n"


def planted() -> dict[str, str]:
    """A path of each kind, with the secret in it: one word, which no index spells otherwise."""
    names = [pattern.replace("*", "prod") for pattern in NAMES]
    paths = [*names, *(f"nested/folder/{name}" for name in names), *(f"{name}/config" for name in FOLDERS)]
    secrets = {path: f"zqsecret{number:04}zq" for number, path in enumerate(dict.fromkeys(paths))}
    return {**secrets, "looks_harmless.txt": "zqsecretprivatekeyzq"}


async def test_no_stored_byte_holds_a_planted_secret(live: Live, tmp_path: Path) -> None:
    secrets = planted()
    assert len(NAMES) + len(FOLDERS) > 20
    folder = write(
        tmp_path / "workspace",
        {
            **{path: f"password = '{secret}'\n" for path, secret in secrets.items()},
            "looks_harmless.txt": KEY.format(secrets["looks_harmless.txt"]),
            "readable.py": f"def {FINDABLE}():\n    return 1\n",
            ".semlensignore": "!*\n!**/*\n",
            ".gitignore": "!*\n",
        },
    )
    async with live.client() as client:
        await client.attach(folder)
        await client.ready(folder)
        for secret in list(secrets.values())[::9]:
            answer = await client.search(secret, folder, wait=True)
            assert not any(secret in hit.preview for hit in answer.hits)
        for path, secret in list(secrets.items())[::5]:
            why = await client.why(folder, path)
            assert not why.indexed
            write(folder, {path: f"changed = '{secret}'\n"})
        await client.index(folder, full=True)
        await asyncio.sleep(0.5)
        assert await client.found(FINDABLE, folder) == ["readable.py"]
    await live.stop()
    assert_nowhere(live.data_dir, list(secrets.values()))


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
        text.text + text.embedding_text for file in database.reader.documents() for _, text in file
    )
    assert FINDABLE in texts and words.search(FINDABLE, 1)
    assert not [secret for secret in secrets if secret in texts or words.search(secret, 1)]
    words.close()
    database.close()
