"""`semlens models get`: download a model of the Hugging Face hub."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from semlens.cli.engine import print_json, say
from semlens.cli.sizes import human_size
from semlens.engine.wire.endpoint import default_data_dir, usable
from semlens.errors import ModelError, UsageError


def get(name: str, revision: str, yes: bool, as_json: bool) -> int:
    """Ask, then download; the exit status. Raises `SemlensError`."""
    from semlens.core.embed import hub

    name = hub.checked_name(name)
    data_dir = usable(default_data_dir())
    try:
        folder: Path | None = Path(hub.downloaded(data_dir, name))
    except ModelError:
        folder = None
    if folder is None or revision:
        folder = (None if revision else hub.from_cache(name, data_dir)) or _downloaded(
            name, revision or "main", data_dir, yes, as_json
        )
    if folder is None:
        return 1
    if as_json:
        print_json({"model": name, "folder": str(folder)})
    else:
        say(f"{name} is in {folder}. To use it, set semlens.model to {name} in the editor's settings, or for")
        say(f"one folder: semlens models use {name} FOLDER")
    return 0


def _downloaded(name: str, revision: str, data_dir: Path, yes: bool, as_json: bool) -> Path | None:
    from semlens.core.embed import hub

    model = hub.describe(name, revision)
    about = f"{name}: {human_size(model.size)}, licence {model.licence or 'not said'}"
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError(f"{about}. Nobody can be asked here: say --yes to download it.")
        if not typer.confirm(f"{about}. Download it?"):
            return None
    if as_json or not sys.stderr.isatty():
        from huggingface_hub.utils.tqdm import disable_progress_bars

        disable_progress_bars()
    try:
        return hub.download(
            model, data_dir, lambda file: None if as_json else say(f"{file.path}, {human_size(file.size)}")
        )
    except KeyboardInterrupt:
        raise ModelError(
            f"Stopped. What came of {name} is kept: the same command goes on from there."
        ) from None
