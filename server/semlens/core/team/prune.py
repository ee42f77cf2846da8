"""Delete what nobody in a team has used for a while, of every model that its server knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from semlens.core.team.chroma_http import ChromaHttp
from semlens.core.team.collection import DAY, is_plain
from semlens.core.team.faults import Fault, TeamFault
from semlens.core.team.keyed_hash import PREFIX

_PAGE = 100


def prune(http: ChromaHttp, before: int, batch: int, check: Callable[[], None]) -> int:
    """Delete the records that were last used before a day, and collections that are empty then.

    :param before: a day, counted from the epoch
    :param batch: how many records to delete at once
    :param check: called between requests; it may raise to stop
    :return: how many records were deleted
    :raises TeamFault: the server failed; what was deleted stays so
    """
    gone = 0
    for known in list(_collections(http)):
        path = f"/collections/{known['id']}"
        while names := _unused(http, path, before, batch):
            check()
            http.post(f"{path}/delete", {"ids": names})
            gone += len(names)
        if http.get(f"{path}/count") == 0:
            http.delete(f"/collections/{known['name']}")
    return gone


def _collections(http: ChromaHttp) -> Iterator[dict[str, Any]]:
    """The collections that Semlens has made."""
    offset = 0
    while True:
        page = http.get(f"/collections?limit={_PAGE}&offset={offset}")
        if not isinstance(page, list) or not all(isinstance(known, dict) for known in page):
            raise TeamFault(Fault.MALFORMED, http.host)
        for known in page:
            name = known.get("name")
            if is_plain(name) and name.startswith(PREFIX) and is_plain(known.get("id")):
                yield known
        if len(page) < _PAGE:
            return
        offset += _PAGE


def _unused(http: ChromaHttp, path: str, before: int, batch: int) -> list[str]:
    """Some of the records that were last used before a day."""
    asked = {"where": {DAY: {"$lt": before}}, "limit": batch, "include": []}
    answer = http.post(f"{path}/get", asked)
    names = answer.get("ids") if isinstance(answer, dict) else None
    return names if isinstance(names, list) else []
