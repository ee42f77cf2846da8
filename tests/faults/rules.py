"""What belongs, beside git's own list, on real repositories."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from random import Random

from faults.table import Experiment, Table
from semlens.core.files.membership import Membership
from semlens.core.files.name_rules import not_written_by_hand, private, unusable
from semlens.core.files.source import read_source
from semlens.core.files.walk import FoundFile, walk
from semlens.settings import Settings
from semlens.types import RelativePath, Skipped

_TAGS = ("CACHEDIR.TAG", "pyvenv.cfg")


async def rules(experiment: Experiment) -> Table:
    table = Table(
        "Files that belong, beside `git ls-files --cached --others --exclude-standard`",
        ["repository", "rules", "files on disk", "listed by git", "left out by name, size, link + by content",
         "belong", "differ"],
        notes=["In a copy of each repository lies for each of its rules what that rule speaks of, some of it "
               "tracked all the same."],
    )  # fmt: skip
    sources = [path for path in sorted(experiment.repository.parent.iterdir()) if path.is_dir()]
    for source in sources[: experiment.times]:
        repository = experiment.folder / source.name
        shutil.copytree(source, repository, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        count = _provoke(repository, experiment.chance)
        table.rows.append([source.name, count, *_compared(repository)])
        shutil.rmtree(repository)
    return table


def _provoke(repository: Path, chance: Random) -> int:
    """Make it a git repository with files for its rules to speak of; how many rules there are."""
    _git(repository, "init", "-q")
    _git(repository, "add", "-A")
    planted, count = [], 0
    for file in [*repository.rglob(".gitignore")]:
        for line in file.read_text("utf-8", "replace").splitlines():
            if line.strip() and not line.startswith("#"):
                count += 1
                planted += _plant(repository, file.parent, line.strip())
    forced = chance.sample(planted, len(planted) // 5)
    for start in range(0, len(forced), 100):
        _git(repository, "add", "-f", "--", *(f":(literal){path}" for path in forced[start : start + 100]))
    return count


def _plant(repository: Path, folder: Path, rule: str) -> list[str]:
    """Files that a rule may match, and some beside them: here, further down, and in a folder of that name."""
    name = re.sub(r"\[[^]]*\]|\?", "x", rule.lstrip("!").strip("/")).replace("**", "some").replace("*", "any")
    planted = []
    for path in (name, f"{name}.c", f"inner/{name}", f"{name}_dir/file.c", f"{name}/file.c"):
        target = folder / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                target.write_text("int planted;\n")
                planted.append(target.relative_to(repository).as_posix())
        except OSError:
            continue  # A file of another rule is where a folder should be.
    return planted


def _compared(repository: Path) -> list[object]:
    listed = _listed(repository)
    membership = Membership(repository, Settings())
    found = {item.path for item in walk(repository, membership) if isinstance(item, FoundFile)}
    ours = {path for path in listed if _left_out(repository, path, membership)}
    on_disk = sum(path.is_file() and ".git" not in path.parts for path in repository.rglob("*"))
    differing = found ^ (listed - ours)
    unread = Counter(
        isinstance(read_source(repository, path, membership.max_bytes), Skipped) for path in found
    )
    return [
        on_disk,
        len(listed),
        f"{len(ours)} + {unread[True]}",
        unread[False],
        len(differing),
    ]


def _listed(repository: Path) -> set[RelativePath]:
    said = _git(repository, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    paths = {RelativePath(os.fsdecode(path)) for path in said.split(b"\0") if path}
    return {path for path in paths if os.path.lexists(repository / path)}


def _git(repository: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", "-C", str(repository), *arguments], capture_output=True, check=True).stdout


def _left_out(root: Path, path: RelativePath, membership: Membership) -> bool:
    """Whether a rule that is not git's keeps this file out, said without the predicate that is compared."""
    parts = path.split("/")
    for end in range(1, len(parts) + 1):
        inner, is_dir = RelativePath("/".join(parts[:end])), end < len(parts) or (root / path).is_dir()
        name = parts[end - 1]
        if unusable(inner, name) or private(inner, name, is_dir) or not_written_by_hand(inner, name, is_dir):
            return True
        if is_dir and any((root / inner / tag).exists() for tag in _TAGS):
            return True
    file = root / path
    return file.is_symlink() or file.is_dir() or file.stat().st_size > membership.max_bytes
