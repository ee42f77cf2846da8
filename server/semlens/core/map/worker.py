"""The process that lays out a map: seconds of arithmetic that must slow down neither a query nor the editor.

It answers one request and is ended: its memory is free again, and nothing runs without somebody waiting.
"""

from __future__ import annotations

import numpy as np

from semlens.core.map.layout import lay_out, place
from semlens.core.map.messages import LayOut, Place, pack_positions
from semlens.core.map.types import Floats
from semlens.process.parent import Parent, Request, serve_parent


def run(parent: Parent) -> None:
    """Answer requests until the parent is gone, which raises OSError."""
    while True:
        request = parent.next()
        parent.answer(request, pack_positions(_positions(parent, request)))


def _positions(parent: Parent, request: Request) -> Floats:
    if request.method == LayOut.METHOD:
        asked = LayOut.unpack(request.payload)
        return lay_out(asked.vectors, progress=lambda done, total: parent.report(request, [done, total]))
    new = Place.unpack(request.payload)
    return np.asarray(place(new.vectors, new.known, new.positions), np.float32)


def main() -> None:
    serve_parent(run)


if __name__ == "__main__":
    main()
