"""The index follows changes on disk without a request, and nothing is embedded twice."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from semlens.protocol.engine import Detach, Status
from support.live import Client, Live, eventually, many_files, write

SOON = 2.0
"""Seconds from a change until a search finds it, on an idle machine."""

CART = "def total_price(items):\n    return sum(item.price for item in items)\n"
MAIL = "def send_receipt(address):\n    transport.deliver(address)\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "shop", {"cart.py": CART, "lib/mail.py": MAIL})


async def found(client: Client, folder: Path, query: str, paths: list[str]) -> None:
    """Wait at most `SOON` until a search finds exactly these files."""
    last: list[str] = []

    async def is_so() -> bool:
        nonlocal last
        last = await client.found(query, folder)
        return sorted(last) == sorted(paths)

    await eventually(is_so, lambda: last)


async def test_created_saved_renamed_and_deleted_files_are_followed(live: Live, folder: Path) -> None:
    async with live.client() as client:
        await client.attach(folder)
        await client.ready(folder)
        write(folder, {"new/voucher.py": "def apply_voucher(code):\n    return vouchers[code]\n"})
        await found(client, folder, "apply_voucher", ["new/voucher.py"])
        write(folder, {"cart.py": "def grand_total(items):\n    return 1\n"})
        await found(client, folder, "grand_total", ["cart.py"])
        assert await client.found("total_price", folder) == []
        (folder / "lib" / "mail.py").rename(folder / "lib" / "post.py")
        await found(client, folder, "send_receipt", ["lib/post.py"])
        (folder / "lib").rename(folder / "library")
        await found(client, folder, "send_receipt", ["library/post.py"])
        (folder / "new" / "voucher.py").unlink()
        await found(client, folder, "apply_voucher", [])
        shutil.rmtree(folder / "library")
        await found(client, folder, "send_receipt", [])

        async def is_alone() -> bool:
            return bool((await client.status(folder)).files == 1)

        # A hit of a deleted file is never shown, so the index may follow a moment later.
        await eventually(is_alone)


async def test_an_editors_atomic_save_is_a_save(live: Live, folder: Path) -> None:
    async with live.client() as client:
        await client.attach(folder)
        await client.ready(folder)
        partial = folder / "cart.py.tmp"
        partial.write_text("def basket_weight(items):\n    return 2\n")
        os.replace(partial, folder / "cart.py")
        await found(client, folder, "basket_weight", ["cart.py"])


async def test_a_change_that_keeps_size_and_time_is_followed(live: Live, folder: Path) -> None:
    path, other = folder / "cart.py", folder.parent / "other.py"
    same = CART.replace("total", "whole")

    def keep_time() -> None:
        os.utime(path, ns=(1_600_000_000_000_000_000,) * 2)

    keep_time()
    async with live.client() as client:
        await client.attach(folder)
        await client.ready(folder)
        with path.open("r+") as file:
            file.write(same)
        keep_time()
        await found(client, folder, "whole_price", ["cart.py"])
        other.write_text(CART)
        shutil.copystat(path, other)
        shutil.copy2(other, path)
        await found(client, folder, "total_price", ["cart.py"])
        other.write_text(same)
        shutil.copystat(path, other)
        os.replace(other, path)
        await found(client, folder, "whole_price", ["cart.py"])


async def test_changes_reported_by_an_editor_are_indexed_without_a_watcher(live: Live, folder: Path) -> None:
    async with live.client() as client:
        await client.attach(folder, watch="off")
        await client.ready(folder)
        write(folder, {"cart.py": "def grand_total(items):\n    return 1\n"})
        (folder / "lib" / "mail.py").unlink()
        await client.touch(folder, "cart.py", "lib/mail.py")
        await found(client, folder, "grand_total", ["cart.py"])
        await found(client, folder, "send_receipt", [])


async def test_ignore_rules_take_effect_both_ways(live: Live, folder: Path) -> None:
    async with live.client() as client:
        await client.attach(folder)
        await client.ready(folder)
        write(folder, {".gitignore": "lib/\n"})
        await found(client, folder, "send_receipt", [])
        why = await client.why(folder, "lib/mail.py")
        assert why.refusal is not None
        assert (why.indexed, why.refusal.rule, why.refusal.line) == (False, "lib/", 1)
        (folder / ".gitignore").unlink()
        await found(client, folder, "send_receipt", ["lib/mail.py"])
        await client.configure(folder, exclude=["cart*"])
        await found(client, folder, "total_price", [])
        await client.configure(folder)
        await found(client, folder, "total_price", ["cart.py"])
        assert len(live.embedded()) == len(set(live.embedded()))


async def test_a_burst_of_changes_ends_like_a_scan(live: Live, folder: Path) -> None:
    async with live.client() as client:
        await client.attach(folder, deepTier="off")
        files = many_files(600)
        write(folder, files)
        for path in list(files)[::3]:
            (folder / path).unlink()
        left = [path for number, path in enumerate(files) if number % 3]

        async def is_so() -> bool:
            return (await client.status(folder)).files == len(left) + 2

        await eventually(is_so)
        report = await client.index(folder, tier="instant")
        assert (report.added, report.changed, report.removed) == (0, 0, 0)


async def test_a_second_run_embeds_nothing(live: Live, folder: Path) -> None:
    write(folder, many_files(20))
    async with live.client() as client:
        first = await client.index(folder)
        assert first.files == 22 and first.embedded > 0
        again = await client.index(folder)
        assert (again.embedded, again.added, again.changed, again.files) == (0, 0, 0, 22)
        full = await client.index(folder, full=True)
        assert full.embedded == 0
        once = live.embedded()
        await live.stop()
        assert (await client.index(folder)).embedded == 0
        assert live.embedded() == once and len(once) == len(set(once))


async def test_renames_branches_and_clones_embed_nothing(live: Live, folder: Path, tmp_path: Path) -> None:
    write(folder, many_files(10))
    git(folder, "init", "-q")
    commit(folder)
    async with live.client() as client:
        await client.index(folder)
        (folder / "pkg1").rename(folder / "renamed")
        (folder / "cart.py").rename(folder / "lib" / "basket.py")
        assert (await client.index(folder)).embedded == 0
        git(folder, "checkout", "-q", "-b", "other")
        write(folder, {"cart.py": "def other_branch():\n    return 3\n"})
        (folder / "pkg2" / "module_0002.py").unlink()
        commit(folder)
        assert (await client.index(folder)).embedded > 0
        for branch in ("-", "-"):
            git(folder, "checkout", "-q", branch)
            assert (await client.index(folder)).embedded == 0
        clone = tmp_path / "clone"
        subprocess.run(["git", "clone", "-q", str(folder), str(clone)], check=True)
        report = await client.index(clone)
        assert report.embedded == 0 and report.files == (await client.status(folder)).files
        assert len(live.embedded()) == len(set(live.embedded()))


async def test_only_an_edited_function_is_embedded_again(live: Live, folder: Path) -> None:
    body = "".join(f"    value_{line} = compute(items, {line})\n" for line in range(40))
    functions = [f"def step_{number}(items):\n{body}    return value_{number}\n" for number in range(12)]
    write(folder, {"steps.py": "\n\n".join(functions)})
    async with live.client() as client:
        await client.index(folder)
        before = len(live.embedded())
        functions[5] = functions[5].replace("value_7 = compute", "value_7 = recompute")
        write(folder, {"steps.py": "\n\n".join(functions)})
        report = await client.index(folder)
        assert 1 <= len(live.embedded()) - before <= 3
        assert report.changed == 1 and report.reused >= 9


async def test_two_folders_and_two_clients_share_one_engine(live: Live, folder: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "other", {"stock.go": "package stock\n\nfunc CountPallets() int { return 4 }\n"})
    async with live.client("one") as one, live.client("two") as two:
        await one.attach(folder)
        await one.attach(other)
        await two.attach(folder)
        await one.ready(folder)
        await one.ready(other)
        assert await one.found("CountPallets") == ["stock.go"]
        hits = (await two.search("total_price")).hits
        assert {hit.folder for hit in hits if "total_price" in hit.preview} == {str(folder)}
        assert await two.found("CountPallets", folder) == []
        write(folder, {"cart.py": "def grand_total(items):\n    return 1\n"})
        await found(two, folder, "grand_total", ["cart.py"])
        await found(one, folder, "grand_total", ["cart.py"])
        told = [status.folder for status in two.statuses]
        assert told and set(told) == {str(folder)}
        await one.engine.request(Detach(str(folder)))
        write(folder, {"cart.py": "def gross_total(items):\n    return 1\n"})
        await found(two, folder, "gross_total", ["cart.py"])


async def test_one_folder_by_two_names_is_one_index(live: Live, folder: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(folder)
    async with live.client() as client:
        await client.index(folder)
        assert (await client.index(link)).added == 0
        assert len((await client.engine.request(Status())).folders) == 1


async def test_a_hit_never_opens_at_a_wrong_line(live: Live, folder: Path) -> None:
    async with live.client() as client:
        await client.attach(folder, watch="off")
        await client.ready(folder)
        write(folder, {"cart.py": "import os\n\n\n" + CART})
        hit = (await client.search("total_price", folder)).hits[0]
        assert (hit.start_line, hit.stale) == (4, False)
        write(folder, {"cart.py": "import os\n\n\ndef total_price(items, tax):\n    return tax\n"})
        hit = (await client.search("total_price", folder)).hits[0]
        assert (hit.start_line, hit.stale) == (4, True)
        (folder / "cart.py").unlink()
        assert "cart.py" not in await client.found("total_price", folder)


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, timeout=60)


def commit(folder: Path) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", f"at {time.monotonic()}")
