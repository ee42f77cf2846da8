"""A vector is computed once: it survives kills, damage to other rows, and switches of branches."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from semlens.core.store.quantized import quantize
from semlens.core.store.vector_table import SCHEMA_VERSION, VectorTable, open_or_salvage
from semlens.errors import DamagedIndexError
from semlens.types import ContentHash, Fingerprint
from support.privileges import can_give_away, without_privileges

MODEL, OTHER = Fingerprint("model-a"), Fingerprint("model-b")


def named(*numbers: int) -> list[ContentHash]:
    return [ContentHash(f"{number:032x}") for number in numbers]


def vectors(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((count, 64)).astype(np.float32)


def missing(cache: VectorTable, model: Fingerprint, hashes: list[ContentHash]) -> list[ContentHash]:
    """Those of `hashes` without a vector, each once, in their order."""
    known = cache.get(model, hashes)
    return [content for content in dict.fromkeys(hashes) if content not in known]


def test_vectors_come_back_in_half_precision(tmp_path: Path) -> None:
    cache = VectorTable(tmp_path / "vectors.db")
    made = vectors(3)
    cache.put(MODEL, named(1, 2, 3), made)
    found = cache.get(MODEL, named(3, 1, 9))
    assert set(found) == set(named(1, 3))
    assert np.array_equal(found[named(3)[0]], made[2].astype(np.float16))
    assert cache.get(OTHER, named(1)) == {}
    assert missing(cache, MODEL, named(7, 2, 8, 7)) == named(7, 8)
    assert missing(cache, OTHER, named(1)) == named(1)
    assert cache.count() == cache.count(MODEL) == 3 and cache.count(OTHER) == 0
    cache.put(MODEL, named(1), made[2:])
    assert np.array_equal(cache.get(MODEL, named(1))[named(1)[0]], made[2].astype(np.float16))
    assert cache.count() == 3 and cache.size > 0
    cache.close()


def test_quantized_vectors_come_back_unchanged(tmp_path: Path) -> None:
    cache = VectorTable(tmp_path / "vectors.db")
    codes = quantize(vectors(3))
    cache.put(MODEL, named(1, 2, 3), codes)
    found = cache.get_codes(MODEL, named(1, 2, 3))
    assert np.array_equal(np.stack([found[name] for name in named(1, 2, 3)]), codes)
    cache.close()


def test_unused_vectors_are_deleted_after_a_while(tmp_path: Path) -> None:
    day = 100
    cache = VectorTable(tmp_path / "vectors.db", today=lambda: day)
    cache.put(MODEL, named(1, 2), vectors(2))
    cache.put(OTHER, named(1), vectors(1))
    day = 110
    assert cache.collect_garbage({MODEL: named(1)}, orphan_days=30) == 0
    day = 131
    assert cache.collect_garbage({}, orphan_days=30) == 2
    assert missing(cache, MODEL, named(1, 2)) == named(2)
    assert cache.count(OTHER) == 0
    cache.close()


def test_a_full_cache_deletes_unused_vectors_alone(tmp_path: Path) -> None:
    day = 100
    cache = VectorTable(tmp_path / "vectors.db", today=lambda: day)
    cache.put(MODEL, named(*range(2000)), vectors(2000))
    day = 101
    used = named(*range(500))
    assert cache.collect_garbage({MODEL: used}, max_bytes=1) == 1500
    assert missing(cache, MODEL, used) == []
    cache.close()


def test_a_flipped_bit_costs_one_vector(tmp_path: Path) -> None:
    path = tmp_path / "vectors.db"
    cache = VectorTable(path)
    made = vectors(50)
    cache.put(MODEL, named(*range(50)), made)
    cache.close()
    before = made[20].astype(np.float16).tobytes()
    path.write_bytes(path.read_bytes().replace(before, bytes([before[0] ^ 1]) + before[1:]))
    cache, said = open_or_salvage(path)
    assert said is None
    assert set(cache.get(MODEL, named(*range(50)))) == set(named(*range(50))) - set(named(20))
    cache.close()


@pytest.mark.parametrize("kind", ["truncate", "zero", "sparse", "middle"])
def test_sound_rows_of_a_damaged_file_are_salvaged(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "vectors.db"
    cache = VectorTable(path)
    made = vectors(1000)
    cache.put(MODEL, named(*range(1000)), made)
    cache.close()
    size = path.stat().st_size
    if kind == "truncate":
        os.truncate(path, size * 3 // 4)
    elif kind == "zero":
        path.write_bytes(bytes(size))
    elif kind == "sparse":
        path.unlink()
        path.touch()
        os.truncate(path, 1 << 40)
    else:
        with path.open("r+b") as file:
            file.seek(size // 2)
            file.write(bytes(4096))
    cache, said = open_or_salvage(path)
    assert said and "damaged" in said
    found = cache.get(MODEL, named(*range(1000)))
    for number, content in enumerate(named(*range(1000))):
        if content in found:
            assert np.array_equal(found[content], made[number].astype(np.float16))
    if kind in ("truncate", "middle"):
        assert len(found) > 300
    cache.put(MODEL, named(5000), vectors(1))
    cache.close()
    assert [entry.name for entry in tmp_path.iterdir()] == ["vectors.db"]


def test_a_folder_in_place_of_the_file_is_damage(tmp_path: Path) -> None:
    (tmp_path / "vectors.db").mkdir()
    with pytest.raises(DamagedIndexError):
        VectorTable(tmp_path / "vectors.db")


OPENER = """
import sys
from pathlib import Path
from semlens.core.store.vector_table import open_or_salvage
table, said = open_or_salvage(Path(sys.argv[1]))
print(table.count(), said)
table.close()
"""


@pytest.mark.skipif(not can_give_away(), reason="only root gives files away")
def test_a_file_of_another_user_blocks_nothing_and_is_kept_for_that_user(tmp_path: Path) -> None:
    """As `sudo semlens` leaves one."""
    path = tmp_path / "vectors.db"
    filled(path, 5)
    os.chown(path, 65534, 65534)
    for said in ("0 {} was damaged: 0 vectors could be saved", "0 None"):
        command = [*without_privileges(), sys.executable, "-c", OPENER, str(path)]
        assert subprocess.run(command, capture_output=True, check=True, text=True).stdout.startswith(
            said.format(path)
        )
    assert count_in(path.with_name("vectors.db.damaged")) == 5


WRITER = """
import sys, numpy as np
from contextlib import closing
from pathlib import Path
from semlens.core.store.vector_table import VectorTable
cache = VectorTable(Path(sys.argv[1]))
for turn in range(10_000):
    cache.put("model-a", [f"{turn:032x}"], np.full((1, 64), turn % 1000, np.float16))
    print(turn, flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")
def test_acknowledged_vectors_survive_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "vectors.db"
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout
    for _ in range(200):
        acknowledged = int(writer.stdout.readline())
    writer.send_signal(signal.SIGKILL)
    writer.communicate()
    cache, said = open_or_salvage(path)
    assert said is None
    assert missing(cache, MODEL, named(*range(acknowledged + 1))) == []
    cache.close()


def set_version(path: Path, version: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")


def filled(path: Path, count: int) -> None:
    table = VectorTable(path)
    table.put(MODEL, named(*range(count)), vectors(count))
    table.close()


def count_in(path: Path) -> int:
    table, _ = open_or_salvage(path)
    count = table.count()
    table.close()
    return count


@pytest.mark.parametrize("other", [SCHEMA_VERSION + 1, SCHEMA_VERSION - 1 or 999])
def test_a_table_of_another_version_is_kept_and_comes_back(tmp_path: Path, other: int) -> None:
    """An update makes vectors of its own; after a downgrade nothing is embedded again."""
    path = tmp_path / "vectors.db"
    filled(path, 5)
    set_version(path, other)
    assert count_in(path) == 0
    filled(path, 3)
    set_version(path, SCHEMA_VERSION)
    kept = path.with_name(f"vectors.db.v{other}")
    with closing(sqlite3.connect(kept)) as connection:
        assert connection.execute("SELECT count(*) FROM vector").fetchone() == (5,)
    # The other version opens its own table again, and leaves this one beside it.
    os.replace(path, path.with_name(f"vectors.db.v{SCHEMA_VERSION}"))
    os.replace(kept, path)
    assert count_in(path) == 3
    assert kept.exists()


def test_a_kill_between_two_versions_loses_neither(tmp_path: Path) -> None:
    path = tmp_path / "vectors.db"
    filled(path, 3)
    os.replace(path, path.with_name(f"vectors.db.v{SCHEMA_VERSION}"))
    filled(path.with_name("vectors.db.v99"), 5)
    assert count_in(path) == 3
    assert sorted(os.listdir(tmp_path)) == ["vectors.db", "vectors.db.v99"]


@pytest.mark.parametrize("version", [0, -1])
def test_a_version_that_was_lost_blocks_nothing_and_costs_no_vector(tmp_path: Path, version: int) -> None:
    path = tmp_path / "vectors.db"
    filled(path, 5)
    set_version(path, version)
    table, said = open_or_salvage(path)
    table.put(MODEL, named(77), vectors(1))
    assert table.count() == (6 if version == 0 else 1)
    assert (said is not None) == (version == 0)
    table.close()


def test_a_models_vectors_are_counted_and_removed_alone(tmp_path: Path) -> None:
    cache = VectorTable(tmp_path / "vectors.db")
    assert cache.sizes() == {}
    cache.put(MODEL, named(*range(3000)), vectors(3000))
    cache.put(OTHER, named(1, 2), quantize(vectors(2)))
    sizes = cache.sizes()
    assert {model: count for model, (count, _) in sizes.items()} == {MODEL: 3000, OTHER: 2}
    assert 0.7 < (sizes[MODEL][1] + sizes[OTHER][1]) / cache.size_with_log < 1.3
    before = cache.size_with_log
    freed = cache.remove([MODEL, Fingerprint("unknown")])
    assert freed > 3000 * 64 * 2 and cache.size_with_log == before - freed
    assert missing(cache, OTHER, named(1, 2)) == []
    assert cache.sizes().keys() == {OTHER}
    cache.close()
