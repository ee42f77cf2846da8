"""What a user reads of a team, in the terminal and in the editor: what would be sent, and how it goes."""

from __future__ import annotations

from semlens.protocol.team import Access, TeamAnswer

_KEYED = "a hash of each piece of code in the folders that you index, made with the team's secret"
_NOT_KEYED = (
    "a hash of each piece of code in the folders that you index, made without a secret: who has the server's "
    "data can test whether a known file is in it"
)
_GIVEN = "the vector of each piece that the server lacks"
_NOT_GIVEN = "no vectors, as it only reads"
_DIGEST = "a digest of the model's name and version, and the day of last use"
_NEVER = (
    "It never sends text, paths or names. Vectors are numbers that say what code is about: with the model, "
    "somebody who has them can test guesses about the code, so keep the server as well as the code itself."
)


def what_is_sent(host: str, keyed: bool, access: Access) -> tuple[str, list[str], str]:
    """What a user agrees to: to which host, what is sent to it, and what is not.

    :param keyed: whether the team's secret is known
    """
    items = [_KEYED if keyed else _NOT_KEYED, _GIVEN if access == "readWrite" else _NOT_GIVEN, _DIGEST]
    return f"To {host}, and to no other host, Semlens would send:", items, _NEVER


def team_lines(team: TeamAnswer) -> list[str]:
    """How the team is."""
    if not team.url:
        return [team.message or "You have joined no team."]
    use = {"read": "reads", "readWrite": "reads and writes", "off": "is off"}[team.access]
    there = "" if team.vectors is None else f", which has {team.vectors:,} vectors of your models"
    secret = "with" if team.keyed else "without"
    lines = [f"Team at {team.host}{there}: {use}, {secret} a secret."]
    waiting = f", {team.waiting:,} wait" if team.waiting else ""
    taken = f"{team.taken:,} vectors came from it, of which {team.checked:,} were checked"
    lines.append(f"{taken}; {team.made:,} were made here, {team.given:,} were given{waiting}.")
    if team.unsound:
        lines.append(f"{team.unsound:,} vectors from it could not be right and were made here again.")
    return [*lines, team.message] if team.message else lines
