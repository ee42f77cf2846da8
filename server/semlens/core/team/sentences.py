"""What a user reads of a team, in the terminal and in the editor: what would be sent, and how it goes."""

from __future__ import annotations

from semlens.protocol.team import Access, SearchedFolder, TeamAnswer

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

_QUESTION = "the vector of each question that you or your agents ask about this folder, never its words"
_WHICH_KEYED = "which repository it is, as a hash that is made with the team's secret"
_WHICH_NOT_KEYED = (
    "which repository it is, as a hash that is made without a secret: who has the server's data can test "
    "whether it is a known one"
)
_SAMPLE = "hashes of up to a thousand of its pieces now and then, to learn how many of them the server has"
_GIVES = "a hash and the vector of each of its pieces, so that the whole team can search them"
_ASKS = "no further vectors of its code, as it only asks"

_USES = {"read": "takes vectors", "readWrite": "takes and gives vectors", "off": "switched off"}
_WITH_SECRET = "with a secret"
_WITHOUT_SECRET = "without a secret"


def what_is_sent(host: str, keyed: bool, access: Access) -> tuple[str, list[str], str]:
    """What a user agrees to: to which host, what is sent to it, and what is not.

    :param keyed: whether the team's secret is known
    """
    items = [_KEYED if keyed else _NOT_KEYED, _GIVEN if access == "readWrite" else _NOT_GIVEN, _DIGEST]
    return f"To {host}, and to no other host, Semlens would send:", items, _NEVER


def what_search_sends(host: str, keyed: bool, gives: bool) -> tuple[str, list[str], str]:
    """What a user agrees to who has questions about a folder go to the team's server, too.

    :param keyed: whether the team's secret is known
    :param gives: whether the server gets the folder's vectors
    """
    items = [
        _QUESTION,
        _WHICH_KEYED if keyed else _WHICH_NOT_KEYED,
        _SAMPLE,
        _GIVES if gives else _ASKS,
    ]
    return f"To {host}, and to no other host, Semlens would send of this folder, too:", items, _NEVER


def team_lines(team: TeamAnswer) -> list[str]:
    """How the team is."""
    if not team.url:
        return [team.message or "You have joined no team."]
    lines = [f"Team at {team.host}: {_USES[team.access]}, {_WITH_SECRET if team.keyed else _WITHOUT_SECRET}."]
    if team.vectors is not None:
        lines.append(f"The server has {team.vectors:,} vectors of your models.")
    lines.append(f"{team.taken:,} vectors came from it, {team.checked:,} of them were checked.")
    lines.append(f"{team.made:,} vectors were made here, {team.given:,} were given to it.")
    for one in team.searched:
        lines.append(_searched_line(one))
    if team.searched:
        lines.append(f"Questions that its indexes helped to answer: {team.questions:,}.")
        if team.indexed:
            lines.append(f"{team.indexed:,} vectors were given to its indexes.")
    if team.waiting:
        lines.append(f"{team.waiting:,} vectors wait to be given.")
    if team.unsound:
        lines.append(f"{team.unsound:,} vectors from it could not be right and were made here again.")
    return [*lines, team.message] if team.message else lines


def _searched_line(one: SearchedFolder) -> str:
    if one.pieces == 0:
        return f"Its index of {one.folder} is empty: somebody must give to it."
    if one.covered is None:
        return f"Its index of {one.folder} is asked."
    return f"Its index covers {one.covered:.0%} of {one.folder}, with {one.pieces or 0:,} pieces in all."
