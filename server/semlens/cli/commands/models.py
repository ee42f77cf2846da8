"""`semlens models`: what each model is, what is indexed with it, and what may go."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime

import typer

from semlens.cli.engine import print_json, say, with_engine
from semlens.cli.sizes import human_size
from semlens.engine.client.client import EngineClient
from semlens.engine.wire.endpoint import default_data_dir, usable
from semlens.errors import UsageError
from semlens.protocol.editor import IndexedFolder, InstalledModel, ModelQuality, ModelsResult
from semlens.protocol.models import ListModels, RemoveModels, RemoveModelsAnswer
from semlens.settings import is_server

_ORIGIN = {"docstrings": "from docstrings", "history": "from commits", "training": "of held-back code"}


def show_list(as_json: bool) -> None:
    """Print each model with the folders that are indexed with it."""
    models = _listed()
    if as_json:
        print_json({"models": models})
        return
    for number, model in enumerate(models):
        say("\n".join([*([""] if number else []), *_described(model)]))
    if not any(model.measured for model in models):
        say("\nsemlens bench measures how well each of them finds your code.")
    unwanted = [model for model in models if _is_spare(model)]
    if unwanted:
        size = human_size(sum(model.removable_bytes for model in unwanted))
        say(f"\nsemlens models remove frees about {size}, of models that no setting names any more.")


def verify(as_json: bool) -> int:
    """Print whether the files of each installed model are what they were; the exit status.

    What servers run has no files here: `semlens models servers` asks them.
    """
    from semlens.core.embed.model_problem import model_problem  # imports the tokenizers

    data_dir = usable(default_data_dir())
    found = [
        (model, model_problem(model, data_dir) or "")
        for model in _listed()
        if _is_used(model) and not is_server(model.setting or "")
    ]
    if as_json:
        rows = [
            {"name": model.name, "fingerprint": model.fingerprint, "problem": said} for model, said in found
        ]
        print_json({"models": rows})
    else:
        for model, said in found:
            mark = "PROBLEM" if said else "ok     "
            say(f"{mark}  {model.name} ({model.tier})" + (f": {said}" if said else ""))
    return 1 if any(said for _, said in found) else 0


def remove(names: Sequence[str], yes: bool, as_json: bool) -> None:
    """Delete what was made with models that are not wanted; without `names`, with all of them.

    Raises `UsageError` if a name is none of theirs, and `SemlensError`.
    """
    chosen = _chosen(_listed(), names)
    if not chosen and as_json:
        print_json({"removed": [], "freedBytes": 0})
        return
    if not chosen:
        say("Every model that has vectors is named by a setting: there is nothing to remove.")
        return
    size = human_size(sum(model.removable_bytes for model in chosen))
    listed = ", ".join(f"{model.name} ({model.vectors:,} vectors)" for model in chosen)
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError(f"This would free about {size} of {listed}: say --yes to do it.")
        if not typer.confirm(f"Delete what was made with {listed}, about {size}?"):
            return

    async def ask(client: EngineClient) -> RemoveModelsAnswer:
        return await client.request(RemoveModels([model.fingerprint for model in chosen]))

    answer = with_engine(ask)
    if as_json:
        print_json({"removed": [model.fingerprint for model in chosen], "freedBytes": answer.freed_bytes})
    else:
        say(f"{human_size(answer.freed_bytes)} freed: {listed}")


def _listed() -> list[InstalledModel]:
    async def ask(client: EngineClient) -> ModelsResult:
        return await client.request(ListModels())

    return with_engine(ask).models


def _chosen(models: Sequence[InstalledModel], names: Sequence[str]) -> list[InstalledModel]:
    """The models to remove. Raises `UsageError`."""
    if not names:
        return [model for model in models if _is_spare(model)]
    chosen: list[InstalledModel] = []
    for name in names:
        called = [model for model in models if name in (model.name, model.fingerprint, model.setting)]
        unwanted = [model for model in called if not model.wanted]
        if not called:
            raise UsageError(f'No model is called "{name}": semlens models lists them.')
        if not unwanted:
            raise UsageError(f"The model {name} is in use: choose another one first.")
        chosen += (model for model in unwanted if model not in chosen)
    return chosen


def _described(model: InstalledModel) -> Iterator[str]:
    """The lines that show a model."""
    trained = ", trained here" if model.trained else ""
    state = (
        trained if model.installed else ", not installed" if model.setting is None else ", changed or gone"
    )
    spare = "" if model.wanted else ", named by no setting"
    form = ", code in words" if model.in_words else ""
    yield f"{model.name} ({model.tier}{form}){state}{spare}"
    facts = [f"{model.dimension} dimensions" if model.dimension else ""]
    if model.tokenizer is not None:
        window = f"{model.window:,} tokens" if model.window else "any length"
        facts += [
            f"window {window}",
            f"{model.tokenizer} of {model.vocabulary:,}",
            f"{model.pooling} pooling",
        ]
        facts += [human_size(model.size or 0), model.licence or "licence unknown"]
    if model.tier == "rerank":
        yield f"    {human_size(model.size or 0)}, {model.licence or 'licence unknown'}, makes no vectors"
        return
    yield f"    {', '.join(filter(None, facts))}"
    yield f"    {model.fingerprint}"
    if model.pace is not None:
        yield f"    speed here: {_pace(model.pace)}"
    for found in model.measured:
        yield f"    {_quality(found)}"
    for folder in model.folders:
        yield f"    {_folder(folder)}"
    kept = f"{model.vectors:,} vectors kept, about {human_size(model.vector_bytes)}"
    yield f"    {kept if model.vectors else 'no vectors kept'}"


def _pace(pace: float) -> str:
    return f"{pace:,.0f} chunks a second" if pace >= 10 else f"{pace:.1f} chunks a second"


def _quality(found: ModelQuality) -> str:
    day = datetime.fromtimestamp(found.at).astimezone().strftime("%Y-%m-%d")
    mrr = found.mrr
    return (
        f"quality alone: MRR {mrr.mean:.3f} ({mrr.low:.2f}-{mrr.high:.2f}), {found.questions:,} "
        f"questions {_ORIGIN[found.source]} among {found.chunks:,} chunks, {day}: {found.folder}"
    )


def _folder(folder: IndexedFolder) -> str:
    answers = "" if folder.answers else ", another model answers"
    return (
        f"{folder.folder or 'a folder that is not known any more'}: {folder.embedded:.0%} of "
        f"{folder.texts:,} texts, {human_size(folder.disk_bytes)}{answers}"
    )


def _is_spare(model: InstalledModel) -> bool:
    """Whether it may go without being named: what was trained here goes by its name alone."""
    return not model.wanted and bool(model.removable_bytes) and not model.trained


def _is_used(model: InstalledModel) -> bool:
    return model.wanted or model.installed or any(folder.answers for folder in model.folders)
