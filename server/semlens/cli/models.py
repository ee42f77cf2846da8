"""`semlens models` and the commands below it, with their arguments."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from semlens.cli.arguments import AsJson

models = typer.Typer(
    help="Models: see what they are and what is indexed with them, check them, remove what none needs.",
    invoke_without_command=True,
    rich_markup_mode=None,
)


@models.callback()
def show(context: typer.Context, as_json: AsJson = False) -> None:
    """List the models if no command follows."""
    from semlens.cli.commands import models as managing

    if context.invoked_subcommand is None:
        managing.show_list(as_json)


@models.command("list")
def list_models(as_json: AsJson = False) -> None:
    """List each model that is installed or was used."""
    from semlens.cli.commands import models as managing

    managing.show_list(as_json)


@models.command()
def verify(as_json: AsJson = False) -> None:
    """Check that the models' files are what they were.

    Exits with status 1 if one is not.
    """
    from semlens.cli.commands import models as managing

    raise typer.Exit(managing.verify(as_json))


@models.command()
def remove(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[MODEL]...", help="Names or fingerprints; all that no setting names by default."
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Remove without asking.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete the vectors and indexes of models that no setting names any more.

    The models' own files stay. Says how many bytes come free, and asks first.
    """
    from semlens.cli.commands import models as managing

    managing.remove(names or [], yes, as_json)


@models.command()
def join(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="The server's URL, with #MODEL if it has several.")
    ],
    query_prompt: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What the model wants before a question.")
    ] = None,
    document_prompt: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What the model wants before a piece of code.")
    ] = None,
    window: Annotated[
        int,
        typer.Option(metavar="N", min=0, help="The most tokens that the model sees, if not as it says."),
    ] = 0,
    token_variable: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="The variable with the token: SEMLENS_MODEL_TOKEN, or one that begins so."
        ),
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Agree without being asked.")] = False,
    as_json: AsJson = False,
) -> None:
    """Use a model of an embedding server, after showing what is sent to it.

    The server speaks OpenAI's protocol (Ollama, llama.cpp, vLLM, LM Studio) or is text-embeddings-inference.
    A token is read from the environment, and never stored.
    """
    from semlens.cli.commands import model_servers
    from semlens.protocol.served import JoinModelServer

    variable = model_servers.token_variable(token_variable)
    request = JoinModelServer(url, query_prompt, document_prompt, window, variable)
    raise typer.Exit(model_servers.join(request, yes, as_json))


@models.command()
def leave(
    url: Annotated[str, typer.Argument(metavar="URL", help="The server's URL, with #MODEL for one model.")],
    as_json: AsJson = False,
) -> None:
    """Send nothing more to an embedding server. The vectors from it stay."""
    from semlens.cli.commands import model_servers

    model_servers.leave(url, as_json)


@models.command()
def servers(as_json: AsJson = False) -> None:
    """Ask each embedding server whether it has the same model as before.

    Exits with status 1 if one cannot be used.
    """
    from semlens.cli.commands import model_servers

    raise typer.Exit(model_servers.servers(as_json))


@models.command()
def use(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="A bundled model's name, a folder, or URL#MODEL.")
    ],
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The indexed folder.")] = Path("."),
    second: Annotated[
        bool,
        typer.Option(
            "--second", help="Have it read the code in words, beside the first model; `none` for no model."
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Change it without asking.")] = False,
    as_json: AsJson = False,
) -> None:
    """Change the model of a folder; the one before answers until the new index is full.

    Says first how long that takes, and how much of the disk: a model that was never at work here reads a
    sample of the folder.

    An editor that has the folder open chooses the model by its own setting.
    """
    from semlens.cli.commands import model_use
    from semlens.cli.commands.folders import indexed_folder
    from semlens.cli.paths import absolute

    model_use.use(model, indexed_folder(absolute(folder)), second, yes, as_json)


@models.command()
def get(
    name: Annotated[str, typer.Argument(metavar="ORG/NAME", help="The model's name at the hub.")],
    revision: Annotated[
        str, typer.Option(metavar="COMMIT", help="A commit, a branch or a tag, if not the newest.")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Download without being asked.")] = False,
    as_json: AsJson = False,
) -> None:
    """Download a sentence-transformers model from the Hugging Face hub, after saying its size and licence.

    Only weights in safetensors are taken, and no code; hashes are checked. HF_ENDPOINT, HF_TOKEN and proxies
    of the environment hold. Ctrl+C stops; the same command goes on from there.
    """
    from semlens.cli.commands import model_download

    raise typer.Exit(model_download.get(name, revision, yes, as_json))
