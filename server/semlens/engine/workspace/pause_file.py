"""That indexing is paused, kept for an engine that is started in the middle of the pause.

An engine that was killed or replaced is none of the user's business: what they paused stays paused. A
pause ends with an engine that nobody needed any more, so that none is forgotten for good.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

_FILE = "paused"


def is_paused(data_dir: Path) -> bool:
    return (data_dir / _FILE).exists()


def note_paused(data_dir: Path, paused: bool) -> None:
    """As far as it can be written down: a pause works without."""
    with suppress(OSError):
        if paused:
            (data_dir / _FILE).touch(0o600)
        else:
            (data_dir / _FILE).unlink(missing_ok=True)
