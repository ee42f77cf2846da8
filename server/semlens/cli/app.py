"""Every command with its arguments. The module that a command calls does its work."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, get_args

import typer

import semlens
from semlens.cli.agents import agents
from semlens.cli.arguments import AsJson, one_of
from semlens.cli.data import embed, export
from semlens.cli.models import models
from semlens.cli.paths import absolute
from semlens.cli.team import team
from semlens.cli.tokenizers import tokenizers
from semlens.cli.train import train
from semlens.errors import UsageError
from semlens.types import Tier

app = typer.Typer(
    help="Find code by what it means, on this machine.",
    epilog='Start with: semlens search "how are retries delayed" --folder FOLDER',
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.add_typer(agents, name="mcp")
app.add_typer(models, name="models")
app.add_typer(train, name="train")
app.add_typer(team, name="team")
app.add_typer(tokenizers, name="tokenizers")


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"semlens {semlens.__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options before the command."""


@app.command()
def index(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder to index.")] = Path("."),
    tier: Annotated[
        Tier | None,
        typer.Option(help="Return when this tier is done; later tiers go on in the background."),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Read every file again.")] = False,
    images: Annotated[
        bool | None,
        typer.Option("--images/--no-images", help="Have images found by words, from now on or no longer."),
    ] = None,
    with_team: Annotated[
        bool, typer.Option("--team", help="Give the team's server what it lacks; fail if it cannot be used.")
    ] = False,
    read_only: Annotated[
        bool,
        typer.Option("--read-only-checkout", help="Refuse to keep any data of Semlens below the folder."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Index a folder."""
    from semlens.cli.commands import index as indexing
    from semlens.cli.commands.folders import project

    whole = project(absolute(folder))
    if read_only:
        indexing.check_nothing_is_kept_in(whole)
    if with_team:
        raise typer.Exit(indexing.index_for_team(whole, full, as_json))
    indexing.index(whole, tier, full, images, as_json)


@app.command()
def search(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="QUERY", help="What to look for, in your own words. Quotes may be left out."),
    ] = None,
    folder: Annotated[
        list[Path] | None,
        typer.Option(
            "--folder", "-f", metavar="FOLDER", help="A folder to search; may be given several times."
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", "-n", metavar="N", min=1, help="The most hits to print.")
    ] = 10,
    tiers: Annotated[
        str, typer.Option(metavar="TIERS", help="The tiers that answer, e.g. lexical,instant.")
    ] = "",
    include: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="Search only files that match.")
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="Search no files that match.")
    ] = None,
    language: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Search only this language, e.g. python or py.")
    ] = None,
    tests: Annotated[
        bool | None, typer.Option("--tests/--no-tests", help="Search only tests, or no tests.")
    ] = None,
    kind: Annotated[
        str, typer.Option(metavar="KIND", help="How to read the query: auto, text, code or symbol.")
    ] = "auto",
    rerank: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="The folder of a cross-encoder that reorders the first hits."),
    ] = None,
    queries: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A file with one query per line; - is standard input.")
    ] = None,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help="Answer without the model if it is not loaded yet.")
    ] = False,
    for_agent: Annotated[
        bool, typer.Option("--for-agent", help="Print what an agent gets: numbered lines within a budget.")
    ] = False,
    max_tokens: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=100, help="With --for-agent, the most tokens to print; 2000 by default."
        ),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say why each hit is where it is, or why nothing matches.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Search code.

    A folder that was never indexed is indexed first.

    The query may have filters: path:src -path:vendor lang:python -is:test
    """
    from semlens.cli.commands import search as searching
    from semlens.cli.commands.queries import Queries
    from semlens.protocol.editor import QueryKind
    from semlens.protocol.engine import Search

    if bool(words) is (queries is not None):
        raise UsageError("Give either a query or --queries FILE.")
    packed = for_agent or max_tokens is not None
    if packed and as_json:
        raise UsageError("Give either --json or --for-agent.")
    if packed and explain:
        raise UsageError("Give either --explain or --for-agent.")
    asked = Search(
        " ".join(words or []),
        one_of(kind, get_args(QueryKind)),
        limit=limit,
        tiers=[Tier(name) for name in _tiers(tiers)],
        include=include or [],
        exclude=exclude or [],
        languages=language or [],
        tests=tests,
        wait=not no_wait,
        rerank=str(absolute(rerank)) if rerank else "",
        explain=explain,
    )
    every = Queries.read(queries) if queries else Queries([asked.query])
    folders = [absolute(item) for item in folder or []]
    if packed:
        searching.search_for_agent(every, folders, asked, max_tokens)
    else:
        searching.search(every, folders, asked, as_json)


@app.command()
def similar(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of an indexed folder.")],
    lines: Annotated[
        str, typer.Option(metavar="LINES", help="The lines to compare, e.g. 12-30; all by default.")
    ] = "",
    limit: Annotated[
        int, typer.Option("--limit", "-n", metavar="N", min=1, help="The most hits to print.")
    ] = 10,
    as_json: AsJson = False,
) -> None:
    """Find code like some lines of a file.

    Near copies of them come last.
    """
    from semlens.cli.commands import search as searching

    searching.similar(absolute(file), lines, limit, as_json)


@app.command()
def duplicates(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder to look into.")] = Path("."),
    min_lines: Annotated[
        int,
        typer.Option(
            metavar="N", min=2, help="Leave out definitions of fewer lines, as of fewer than 30 words."
        ),
    ] = 5,
    similarity: Annotated[
        float, typer.Option(metavar="SHARE", min=0.5, max=1.0, help="The words that copies share, 0.5 to 1.")
    ] = 0.8,
    include: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="Compare only files that match.")
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="Compare no files that match.")
    ] = None,
    tests: Annotated[
        bool | None, typer.Option("--tests/--no-tests", help="Compare only tests, or no tests.")
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", "-n", metavar="N", min=1, help="The most groups to print.")
    ] = 100,
    as_json: AsJson = False,
) -> None:
    """Find definitions that are near copies of each other.

    A folder that was never indexed is indexed first. Exits with status 1 if there are any.
    """
    from semlens.cli.commands import duplicates as finding
    from semlens.protocol.engine import Duplicates

    request = Duplicates(
        str(absolute(folder)), min_lines, similarity, include or [], exclude or [], tests, limit
    )
    raise typer.Exit(finding.duplicates(request, as_json))


@app.command()
def compare(
    one: Annotated[str, typer.Argument(metavar="FILE[:LINES]", help="Some code, e.g. src/cart.py:12-30.")],
    other: Annotated[str, typer.Argument(metavar="FILE[:LINES]", help="The code to compare it with.")],
    tiers: Annotated[
        str, typer.Option(metavar="TIERS", help="The tiers whose models compare: instant, deep or both.")
    ] = "instant,deep",
    as_json: AsJson = False,
) -> None:
    """Say how alike two pieces of code are, and which words make them so."""
    from semlens.cli.commands import compare as comparing

    asked = [Tier(one_of(name.strip(), ("instant", "deep"))) for name in tiers.split(",")]
    comparing.compare(one, other, asked, as_json)


@app.command()
def bench(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder to measure on.")] = Path("."),
    model: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FOLDER", help="A sentence-transformers folder to compare; may be given several times."
        ),
    ] = None,
    questions: Annotated[int, typer.Option(metavar="N", min=10, help="The most questions to ask.")] = 200,
    files: Annotated[
        int, typer.Option(metavar="N", min=1, help="The most files to search, drawn at random.")
    ] = 500,
    seed: Annotated[int, typer.Option(metavar="N", help="The seed for random choices.")] = 0,
    minutes: Annotated[
        float, typer.Option(metavar="N", min=0.0, help="The most minutes that each model may embed.")
    ] = 15.0,
    source: Annotated[
        str, typer.Option("--from", metavar="SOURCE", help="Ask from docstrings, history or both.")
    ] = "both",
    as_json: AsJson = False,
) -> None:
    """Measure how well your code is found.

    The questions come from its docstrings, and from its history in git: a commit's message asks, the code
    that it changed answers, as it was before.
    """
    from semlens.cli.commands import bench as measuring
    from semlens.protocol.bench import Bench, QuestionSource

    folders = [str(absolute(one)) for one in model or []]
    request = Bench(str(absolute(folder)), questions, files, seed, minutes * 60, folders)
    sources = get_args(QuestionSource)
    chosen = sources if source == "both" else (one_of(source, (*sources, "both")),)
    measuring.bench(request, chosen, as_json)


app.command()(embed)
app.command()(export)


@app.command()
def tokens(
    files: Annotated[
        list[Path], typer.Argument(metavar="PATH", help="Files or folders to count; - is standard input.")
    ],
    tokenizer: Annotated[
        list[str] | None,
        typer.Option(
            "--tokenizer",
            "-t",
            metavar="NAME",
            help="A tokenizer to count in; may be given several times. `semlens tokenizers list` names them.",
        ),
    ] = None,
    budget: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Exit with status 1 if it does not fit into N tokens."),
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="Show how the text is cut into tokens.")] = False,
    as_json: AsJson = False,
) -> None:
    """Count what files and folders cost in tokens."""
    from semlens.cli.commands import tokens as counting

    if show:
        from semlens.cli.commands import token_view

        token_view.show(files, tokenizer or [], as_json)
    elif not counting.tokens(files, tokenizer or [], budget, as_json):
        raise typer.Exit(1)


@app.command()
def status(as_json: AsJson = False) -> None:
    """Show the indexed folders, the engine and the models."""
    from semlens.cli.commands import status as state

    state.status(as_json)


@app.command()
def forget(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="FOLDER", help="The indexed folder; the current one by default."),
    ] = None,
    missing: Annotated[
        bool, typer.Option("--missing", help="All indexed folders that are no longer there.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Delete without asking.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete the index of a folder, also of one that is no longer there.

    Says what goes and how large it is, and asks first. The files of the folder stay, and so do settings,
    trained models and what other folders share. `semlens status` lists all indexed folders.
    """
    from semlens.cli.commands import forget as forgetting

    if missing and folder is not None:
        raise UsageError("Give either FOLDER or --missing.")
    if missing:
        forgetting.forget_missing(yes, as_json)
    else:
        forgetting.forget(folder or Path("."), yes, as_json)


@app.command()
def why(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file.")], as_json: AsJson = False
) -> None:
    """Say why a file is in the index or not."""
    from semlens.cli.commands import status as state

    state.why(absolute(file), as_json)


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Check everything that Semlens needs, and say how to fix it."""
    from semlens.cli.commands import doctor as checks

    raise typer.Exit(checks.doctor(as_json))


@app.command()
def serve() -> None:
    """Run the language server on standard input and output."""
    from semlens.lsp.server import main

    main()


def _tiers(text: str) -> list[str]:
    names = tuple(tier.value for tier in Tier)
    return [one_of(name.strip(), names) for name in text.split(",") if name.strip()]
