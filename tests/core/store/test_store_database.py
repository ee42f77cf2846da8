"""The index database stores whole files, reports its changes, and detects damage."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from semlens.core.store.database import IndexDatabase, open_or_replace
from semlens.core.store.records import FileChunks
from semlens.errors import DamagedIndexError, DiskFullError, StorageError
from semlens.types import Chunk, ChunkKind, ContentHash, FileStamp, RelativePath, Skipped, Symbol


def content_hash(text: str) -> ContentHash:
    return ContentHash(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32])


def chunk(text: str, name: str = "", line: int = 1) -> Chunk:
    return Chunk(
        text=text,
        start_line=line,
        end_line=line + text.count("\n"),
        language="python",
        kind=ChunkKind.DEFINITION,
        embedding_text="python\n" + text,
        content_hash=content_hash(text),
        symbol=Symbol(name, "function", "Box", line, line) if name else None,
        defines=(name,) if name else (),
        signature="def " + name,
        docstring="Says it.",
    )


def file(path: str, *texts: str, names: tuple[str, ...] = ()) -> FileChunks:
    chunks = [chunk(text, names[i] if i < len(names) else "", i + 1) for i, text in enumerate(texts)]
    vectors = np.array([[len(text) % 100, hash(text) % 7, 1, 0] for text in texts], dtype=np.int8).reshape(
        -1, 4
    )
    whole = content_hash("\n".join(texts))
    return FileChunks(RelativePath(path), FileStamp(1, 2, 3), whole, "python", chunks, vectors)


@pytest.fixture
def database(tmp_path: Path):
    store = IndexDatabase(tmp_path / "index.db")
    yield store
    store.close()


def test_a_stored_file_reads_back_unchanged(database: IndexDatabase) -> None:
    applied = database.apply([file("a/b.py", "def f(): pass", "x = 1", names=("f",))])

    first, second = database.reader.chunks.of_file(RelativePath("a/b.py"))
    assert [entry[0] for entry in applied.added] == [first.id, second.id]
    assert first.symbol == Symbol("f", "function", "Box", 1, 1)
    assert (first.kind, first.language, first.defines) == (ChunkKind.DEFINITION, "python", ("f",))
    assert second.symbol is None and second.defines == ()
    assert database.reader.chunks.by_id([second.id]) == {second.id: second}
    assert database.reader.chunks.by_hash([first.content_hash]) == {first.content_hash: [first]}
    texts = database.reader.texts.of_file(RelativePath("a/b.py"))
    assert [text.text for text in texts] == ["def f(): pass", "x = 1"]
    assert (texts[0].signature, texts[0].docstring) == ("def f", "Says it.")
    assert database.reader.texts.to_embed([second.content_hash]) == {second.content_hash: "python\nx = 1"}
    assert list(database.reader.texts.documents()) == [list(zip([first, second], texts, strict=True))]
    ids, vectors = database.reader.instant.vectors()
    assert ids.tolist() == [first.id, second.id]
    assert vectors.dtype == np.int8 and vectors.shape == (2, 4)


def test_applied_lists_the_changes_for_derived_indexes(database: IndexDatabase) -> None:
    first = database.apply([file("a.py", "one", "two"), file("b.py", "two")])
    assert sorted(first.new_hashes) == sorted([content_hash("one"), content_hash("two")])

    second = database.apply([file("a.py", "one", "three")])
    assert second.new_hashes == [content_hash("three")]
    assert second.gone_hashes == []
    assert sorted(second.removed_ids) == [first.added[0][0], first.added[1][0]]

    third = database.apply(removals=[RelativePath("b.py")])
    assert third.gone_hashes == [content_hash("two")]
    assert database.reader.chunks.content_hashes() == [content_hash("one"), content_hash("three")]


def test_ids_are_never_reused(database: IndexDatabase) -> None:
    used = {entry[0] for entry in database.apply([file("a.py", "one")]).added}
    database.apply(removals=[RelativePath("a.py")])
    again = {entry[0] for entry in database.apply([file("a.py", "one")]).added}
    assert not used & again


def test_a_renamed_file_finds_its_vectors(database: IndexDatabase) -> None:
    before = file("old.py", "one", "two")
    database.apply([before])
    known = database.reader.instant.vectors_of([content_hash("two"), content_hash("never")])
    assert set(known) == {content_hash("two")}
    assert known[content_hash("two")].tolist() == before.instant[1].tolist()


def test_definitions_are_found_by_name_in_any_case(database: IndexDatabase) -> None:
    database.apply([file("a.py", "1", "2", names=("getUser", "getuser"))])
    one, two = (stored.id for stored in database.reader.chunks.of_file(RelativePath("a.py")))
    assert database.reader.chunks.defining(["GETUSER"]) == {"getuser": [one, two]}
    assert database.reader.chunks.defining(["getUser", "no"], ignore_case=False) == {
        "getUser": [one],
        "no": [],
    }
    assert database.reader.chunks.names_with_prefix("getu") == ["getUser", "getuser"]
    database.apply(removals=[RelativePath("a.py")])
    assert database.reader.chunks.names_with_prefix("") == []


def test_skipped_files_and_indexed_files_exclude_each_other(database: IndexDatabase) -> None:
    path = RelativePath("a.py")
    why = Skipped(path, "is ignored", "*.py", ".gitignore", 3)
    database.apply([file("a.py", "one")])
    assert database.apply(skipped=[why]).removed_ids
    assert database.reader.files.skipped(path) == [why]
    assert database.reader.counts().files == 0
    database.apply([file("a.py", "one")])
    assert database.reader.files.skipped(path) == []
    database.replace_skipped([Skipped(RelativePath("b"), "x")])
    assert database.reader.counts().skipped == 1


def test_restamped_files_keep_their_chunks(database: IndexDatabase) -> None:
    database.apply([file("a.py", "one")])
    changed = database.apply(restamps=[(RelativePath("a.py"), FileStamp(9, 8, 7))])
    assert not changed.added and not changed.removed_ids
    assert database.reader.files.stamps()[RelativePath("a.py")][0] == FileStamp(9, 8, 7)


def test_names_that_are_not_utf8_and_lone_surrogates_survive(database: IndexDatabase) -> None:
    path = "caf\udce9\n.py"
    database.apply([file(path, "x = '\ud800'", names=("a\ud800",))])
    assert list(database.reader.files.stamps()) == [path]
    assert database.reader.texts.of_file(RelativePath(path))[0].text == "x = '\ud800'"
    database.apply(removals=[RelativePath(path)])
    assert database.reader.counts().chunks == 0


def test_a_failed_batch_leaves_nothing(database: IndexDatabase) -> None:
    good, bad = file("a.py", "one"), file("b.py", "two")
    broken = replace(bad, instant=np.zeros((5, 4), np.int8))
    with pytest.raises(ValueError):
        database.apply([good, broken])
    assert database.reader.counts().files == 0


def test_meta_and_clear(database: IndexDatabase) -> None:
    database.set_meta(fingerprint="abc")
    database.apply([file("a.py", "one")])
    database.clear()
    assert database.reader.meta("fingerprint") == "abc"
    assert database.reader.meta("nothing") is None
    assert database.reader.counts().chunks == 0


def test_many_threads_read_while_one_writes(database: IndexDatabase) -> None:
    problems: list[BaseException] = []

    def read() -> None:
        try:
            for _ in range(50):
                stored = database.reader.chunks.of_file(RelativePath("a.py"))
                assert len(stored) in (0, 20)
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for turn in range(20):
        database.apply([file("a.py", *(f"{turn} {i}" for i in range(20)))])
    for thread in threads:
        thread.join()
    assert not problems


def test_a_closed_database_says_so(tmp_path: Path) -> None:
    store = IndexDatabase(tmp_path / "index.db")
    store.close()
    with pytest.raises(StorageError):
        store.reader.counts()


def filled(tmp_path: Path) -> Path:
    path = tmp_path / "index.db"
    store = IndexDatabase(path)
    store.apply([file(f"{i}.py", *(f"{i} {j} " * 20 for j in range(10))) for i in range(30)])
    store.close()
    return path


def _truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _zero(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(content)


def _sparse(path: Path) -> None:
    path.unlink()
    path.touch()
    os.truncate(path, 1 << 40)


@pytest.mark.parametrize("damage", [_truncate, _zero, _flip, _sparse])
def test_a_damaged_file_is_set_aside_and_reported(tmp_path: Path, damage) -> None:
    path = filled(tmp_path)
    damage(path)
    with pytest.raises(DamagedIndexError):
        IndexDatabase(path)
    store, said = open_or_replace(path)
    assert said and "damaged" in said and "\n" not in said
    assert store.reader.counts().files == 0
    store.apply([file("a.py", "one")])
    store.close()
    assert (tmp_path / "index.db.damaged").exists()
    store, said = open_or_replace(path)
    assert said is None and store.reader.counts().files == 1
    store.close()


@pytest.mark.parametrize("damage", [_truncate, _zero, _sparse])
def test_damage_after_an_unclean_stop_is_detected_without_a_seal(tmp_path: Path, damage) -> None:
    path = filled(tmp_path)
    (tmp_path / "index.db.seal").unlink()
    damage(path)
    with pytest.raises(DamagedIndexError):
        IndexDatabase(path)


def test_an_index_of_another_version_starts_empty(tmp_path: Path) -> None:
    path = filled(tmp_path)
    (tmp_path / "index.db.seal").unlink()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    store = IndexDatabase(path)
    assert store.reader.counts().files == 0
    store.close()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_files_are_private(tmp_path: Path) -> None:
    filled(tmp_path)
    store = IndexDatabase(tmp_path / "index.db")
    store.apply([file("a.py", "one")])
    modes = {entry.name: oct(entry.stat().st_mode & 0o777) for entry in tmp_path.iterdir()}
    store.close()
    assert set(modes.values()) == {"0o600"}, modes


edits = st.lists(
    st.tuples(st.sampled_from("abcd"), st.lists(st.sampled_from(["1", "2", "3"]), max_size=3), st.booleans()),
    max_size=12,
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits)
def test_any_history_equals_the_last_state(tmp_path_factory: pytest.TempPathFactory, history) -> None:
    store = IndexDatabase(tmp_path_factory.mktemp("history") / "index.db")
    alive: dict[str, list[str]] = {}
    derived: dict[int, ContentHash] = {}
    contents: set[ContentHash] = set()
    for path, texts, remove in history:
        if remove:
            applied = store.apply(removals=[RelativePath(path)])
            alive.pop(path, None)
        else:
            applied = store.apply([file(path, *texts)])
            alive[path] = texts
        for removed in applied.removed_ids:
            del derived[removed]
        derived.update({number: new.chunks[at].content_hash for number, new, at in applied.added})
        assert not contents & set(applied.new_hashes)
        assert contents >= set(applied.gone_hashes)
        contents = (contents | set(applied.new_hashes)) - set(applied.gone_hashes)
    assert contents == {content_hash(text) for texts in alive.values() for text in texts}
    assert contents == set(store.reader.chunks.content_hashes())
    assert {i: stored.content_hash for i, stored in store.reader.chunks.by_id(derived).items()} == derived
    assert store.reader.instant.vectors()[0].tolist() == sorted(derived)
    assert set(store.reader.files.stamps()) == set(alive)
    store.close()


def test_a_cached_chunk_is_dropped_with_its_file(database: IndexDatabase) -> None:
    number = database.apply([file("a.py", "one")]).added[0][0]
    assert database.reader.chunks.by_id([number]) == database.reader.chunks.by_id([number])
    database.apply(removals=[RelativePath("a.py")])
    assert database.reader.chunks.by_id([number]) == {}


def test_a_full_disk_is_reported_and_keeps_stored_files(database: IndexDatabase) -> None:
    database.apply([file("a.py", "one")])
    with database._file.write() as connection:
        connection.execute(f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0]}")
    with pytest.raises(DiskFullError, match="free some space"):
        database.apply([file(f"{i}.py", str(i) * 5000) for i in range(200)])
    assert list(database.reader.files.stamps()) == ["a.py"]
    with database._file.write() as connection:
        connection.execute("PRAGMA max_page_count = 1000000")
    database.apply([file("b.py", "two")])
    assert database.reader.counts().files == 2


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_store_database import IndexDatabase, RelativePath, file
database = IndexDatabase(Path(sys.argv[1]))
for turn in range(10_000):
    made = file(f"{turn}.py", *(f"{turn} {i}" for i in range(20)))
    database.apply([made], [RelativePath(f"{turn - 5}.py")])
    print(turn, flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")
def test_a_kill_leaves_whole_files_and_every_acknowledged_one(tmp_path: Path) -> None:
    path, here = tmp_path / "index.db", str(Path(__file__).parent)
    for patience in (30, 1, 80):
        command = [sys.executable, "-c", WRITER, str(path), here]
        writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert writer.stdout
        for _ in range(patience):
            line = writer.stdout.readline()
        writer.kill()
        acknowledged = [line, *writer.communicate()[0].splitlines(keepends=True)]
        last = [turn.strip() for turn in acknowledged if turn.endswith("\n")][-1]
        database, said = open_or_replace(path)
        assert said is None
        assert f"{last}.py" in database.reader.files.stamps()
        assert all(len(database.reader.chunks.of_file(name)) == 20 for name in database.reader.files.stamps())
        assert (
            database.reader.counts().chunks
            == 20 * database.reader.counts().files
            == len(database.reader.instant.vectors()[0])
        )
        database.close()


def test_an_index_whose_version_was_lost_is_set_aside_and_blocks_nothing(tmp_path: Path) -> None:
    path = filled(tmp_path)
    (tmp_path / "index.db.seal").unlink()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 0")
    connection.close()
    database, said = open_or_replace(path)
    assert said is not None and database.reader.counts().files == 0
    database.close()
