"""Makes small git repositories with a history."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from support.live import write

_NOBODY = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{who}_{what}": "test" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}


def git(root: Path, *arguments: str) -> str:
    """What a git command prints."""
    environment = {**os.environ, **_NOBODY}
    done = subprocess.run(
        ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True, env=environment
    )
    return done.stdout


def commit(root: Path, message: str, files: Mapping[str, str]) -> str:
    """Write files and commit them; the id of the commit. The first call makes the repository."""
    if not (root / ".git").exists():
        root.mkdir(parents=True, exist_ok=True)
        git(root, "init", "--quiet")
    write(root, files)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", message)
    return git(root, "rev-parse", "HEAD").strip()


THINGS = "letter invoice basket customer address payment parcel receipt discount voucher refund stock".split()


def things_history(root: Path) -> Path:
    """A repository with a file for each of `THINGS`, and a commit for each that changed its one function."""
    files = {
        f"shop/{thing}.py": f"def keep_{thing}(book):\n    book.append({thing})\n    return len(book)\n"
        for thing in THINGS
    }
    commit(root, "Begin with all of the things", files)
    for thing in THINGS:
        path = f"shop/{thing}.py"
        files[path] = files[path].replace(".append(", ".insert(0, ")
        commit(root, f"Write down the {thing} before all others", {path: files[path]})
    return root
