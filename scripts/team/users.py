"""Two users with different clones of one repository, beside one without a team."""

from __future__ import annotations

from typing import Any

from team.table import Bench, show

_EXTRA = "def only_here(value):\n    '''What the second user has just written.'''\n    return value + 41\n"


async def two_users(bench: Bench) -> None:
    """The second user embeds next to nothing."""
    clones = [bench.clone(name) for name in ("alone", "first", "second")]
    code = sorted(path for path in clones[2].rglob("*.py") if path.stat().st_size > 2_000)
    for path in code[:1]:
        path.write_text(path.read_text("utf-8") + "\n\n" + _EXTRA, "utf-8")
    alone = bench.user("data-alone").run("index", clones[0])
    rows = [_row("without a team", alone, {"taken": 0, "made": alone["embedded"], "checked": 0, "given": 0})]
    for name, clone in zip(("first", "second"), clones[1:], strict=True):
        user = bench.user(f"data-{name}")
        user.join()
        found = user.run("index", "--team", clone)
        rows.append(_row(f"{name} user", found, found))
    heads = ("user", "chunks", "seconds until ready", "taken", "made here", "of these checks", "given")
    show(f"Two users of {bench.repository.name}", heads, rows)


def _row(name: str, report: dict[str, Any], team: dict[str, Any]) -> list[object]:
    made = team["made"] + team["checked"]
    return [
        name,
        f"{report['chunks']:,}",
        f"{report['seconds']:.1f}",
        f"{team['taken']:,}",
        f"{made:,} ({made / report['chunks']:.2%})",
        team["checked"],
        f"{team['given']:,}",
    ]
