"""Which files of real repositories are left out of the index, and why: a random sample for a person to judge.

    python scripts/bench_refusals.py REPOSITORIES [--sample N] [--seed N] [--save FILE] [--before FILE]

REPOSITORIES holds one folder for each repository. Prints how many files and folders each rule leaves out,
then a sample of them with the beginning of each text. `--save` writes all refusals as JSON; with `--before`,
such a file of another state, the sample is drawn from it, and what has become of each refusal is counted.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from pathlib import Path

from semlens.core.files.membership import Membership
from semlens.core.files.source import read_source
from semlens.core.files.walk import FoundFile, walk
from semlens.settings import Settings
from semlens.types import Skipped

Refusals = dict[str, tuple[str, str]]
"""A path that begins with its repository → the reason and the rule."""

_SHOWN = 90
"""Characters of a text."""


def refusals(repositories: Path) -> tuple[int, Refusals]:
    """How many files belong, and all that are refused."""
    belong, found = 0, Refusals()
    for root in sorted(path for path in repositories.iterdir() if path.is_dir()):
        membership = Membership(root, Settings())
        for item in walk(root, membership):
            one: object = item
            if isinstance(item, FoundFile):
                one = read_source(root, item.path, membership.max_bytes, permission=item.permission)
            if isinstance(one, Skipped):
                found[f"{root.name}/{one.path}"] = (one.reason, one.rule or "")
            else:
                belong += 1
    return belong, found


def main() -> None:
    arguments = _arguments()
    belong, now = refusals(arguments.repositories)
    print(f"{belong:,} files belong, {len(now):,} files and folders are left out")
    if arguments.save:
        arguments.save.write_text(json.dumps(now, indent=1), encoding="utf-8")
    before: Refusals = json.loads(arguments.before.read_text("utf-8")) if arguments.before else now
    chosen = random.Random(arguments.seed)
    drawn = chosen.sample(sorted(before), min(arguments.sample, len(before)))
    kinds = Counter((before[path][0], now[path][0] if path in now else "belongs") for path in drawn)
    for (reason, becomes), count in kinds.most_common():
        print(f"{count:6,}  {reason}" + (f"  →  {becomes}" if becomes != reason else ""))
    for path in sorted(drawn):
        reason, rule = now.get(path, ("belongs", ""))
        print(f"{reason} | {rule} | {path} | {_beginning(arguments.repositories / path)}")


def _beginning(file: Path) -> str:
    """The first characters of a file as they can be printed."""
    try:
        with file.open("rb") as stream:
            return repr(stream.read(_SHOWN))[2:-1]
    except OSError as error:
        return str(error.strerror)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("repositories", type=Path)
    parser.add_argument("--sample", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save", type=Path)
    parser.add_argument("--before", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
