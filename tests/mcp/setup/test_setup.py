"""`semlens mcp install` and `uninstall` on the files of agents, in a home folder of the test's own."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from semlens.cli.commands.mcp import install
from semlens.errors import FolderError, UsageError
from semlens.mcp.setup import toml
from semlens.mcp.setup.changes import BACKUP, installed, is_installed, server_command, uninstalled
from semlens.mcp.setup.clients import CLIENTS, Client, client_named
from tests.mcp.setup.test_jsonc import parsed

CODEX = """model = "o9"

[mcp_servers.other]
command = "x"

[mcp_servers.semlens]
command = "old"

[mcp_servers.semlens.env]
A = "1"

[profiles.fast]
model = "o9-mini"
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    for name in ("XDG_CONFIG_HOME", "APPDATA", "CODEX_HOME"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_every_agent_is_set_up_and_cleaned_up(client: Client, home: Path) -> None:
    server = server_command(["/work/project"])
    change = installed(client, server)
    assert change.file.is_relative_to(home)
    assert change.apply() is None  # nothing was there to keep
    text = change.file.read_text(encoding="utf-8")
    assert all(json.dumps(part) in text for part in server)
    assert is_installed(client)
    assert not installed(client, server).needed
    if os.name == "posix":
        assert change.file.stat().st_mode & 0o077 == 0
    uninstalled(client).apply()
    assert not is_installed(client)
    assert not change.file.exists()


BEFORE = {
    "json": (
        "{}",
        "{\n}\n",
        '{"other": 1}\n',
        "// mine\n{\n}\n",
        '{\n\t"a": [],\n\t"b": {}\n}\n',
        "{ /* one */ }",
        '{"SECTION": {}}',
        '{"a": {"SECTION": 1}, "SECTION": {"x": {}}}',
    ),
    "toml": ('model = "o9"\n', "# mine\n", '[mcp_servers.other]\ncommand = "x"\n'),
    "yaml": ("name: Mine\n",),
}
"""Files of users, by their format."""


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_the_backup_is_the_file_without_semlens_whatever_follows(client: Client) -> None:
    file = client.file()
    file.parent.mkdir(parents=True, exist_ok=True)
    section = client.section[0] if client.section else ""
    for before in BEFORE[client.format]:
        before = before.replace("SECTION", section)
        file.write_text(before)
        first = installed(client, ["semlens", "mcp"]).apply()
        assert first is not None
        # A second backup would not be what the file was before Semlens.
        assert installed(client, ["semlens", "mcp", "/work"]).apply() is None
        assert uninstalled(client).apply() is None
        assert first.read_text() == before
        assert not is_installed(client)
        if client.format == "json":
            assert parsed(file.read_text()) == parsed(before)
        elif client.format == "toml":
            assert file.read_text() == before
        assert not uninstalled(client).needed


def test_a_newer_file_without_semlens_becomes_the_backup() -> None:
    client = client_named("cursor")
    client.file().parent.mkdir()
    for text in ('{"a": 1}', '{"b": 2}'):
        client.file().write_text(text)
        backup = installed(client, ["semlens", "mcp"]).apply()
        assert backup is not None
        assert backup.read_text() == text


def test_an_entry_that_the_user_wrote_is_kept_in_the_first_backup() -> None:
    client = client_named("cursor")
    client.file().parent.mkdir()
    by_hand = '{"mcpServers": {"semlens": {"command": "mine"}}}'
    client.file().write_text(by_hand)
    backup = installed(client, ["semlens", "mcp"]).apply()
    assert backup is not None
    assert backup.read_text() == by_hand


@pytest.mark.parametrize(
    ("around", "left"),
    [
        ('{"mcpServers": {%s}}', None),
        ('{"mcpServers": {%s}, "theme": "dark"}', '{ "theme": "dark"}'),
        ('{"mcpServers": {%s, "other": {}}}', '{"mcpServers": { "other": {}}}'),
        ('{"mcpServers": { /* mine */ %s}}', '{"mcpServers": { /* mine */}}'),
        ('// mine\n{"mcpServers": {%s}}', "// mine\n{}"),
    ],
)
def test_what_is_empty_without_semlens_goes_with_it(around: str, left: str | None) -> None:
    client = client_named("cursor")
    client.file().parent.mkdir()
    client.file().write_text(around % '"semlens": {"command": "x"}')
    uninstalled(client).apply()
    assert (client.file().read_text() if client.file().exists() else None) == left


@pytest.mark.parametrize("name", ["claude-code", "vscode", "zed", "opencode", "gemini"])
def test_other_settings_stay_and_a_backup_is_kept(name: str, home: Path) -> None:
    client = client_named(name)
    servers = f'"{client.section[0]}": {{"other": {{"command": "x"}}}}'
    before = '{\n  // mine\n  "theme": "dark",\n  ' + servers + "\n}\n"
    client.file().parent.mkdir(parents=True, exist_ok=True)
    client.file().write_text(before)
    backup = installed(client, ["semlens", "mcp"]).apply()
    assert backup == client.file().with_name(client.file().name + BACKUP)
    assert backup.read_text() == before
    after = client.file().read_text()
    assert "// mine" in after
    assert '"other": {"command": "x"}' in after
    assert '"semlens"' in after


def test_an_opencode_file_of_the_second_kind_keeps_its_shape(home: Path) -> None:
    client = client_named("opencode")
    client.file().parent.mkdir(parents=True)
    client.file().write_text('{"mcp": {"servers": {}}}')
    installed(client, ["semlens", "mcp"]).apply()
    assert "semlens" in json.loads(client.file().read_text())["mcp"]["servers"]
    assert is_installed(client)


def test_a_linked_file_stays_a_link(home: Path) -> None:
    client = client_named("cursor")
    real = home / "dotfiles" / "mcp.json"
    real.parent.mkdir()
    real.write_text("{}")
    client.file().parent.mkdir()
    client.file().symlink_to(real)
    installed(client, ["semlens", "mcp"]).apply()
    assert client.file().is_symlink()
    assert "semlens" in real.read_text()


def test_a_file_that_makes_no_sense_is_left_as_it_is(home: Path) -> None:
    client = client_named("cursor")
    client.file().parent.mkdir()
    client.file().write_text("nonsense {")
    with pytest.raises(UsageError, match=r"mcp\.json"):
        installed(client, ["semlens", "mcp"])
    client.file().write_bytes(b"\xff\xfe{\x00}\x00")
    with pytest.raises(FolderError, match="UTF-8"):
        installed(client, ["semlens", "mcp"])


def test_a_table_of_toml_is_replaced_with_its_subtables() -> None:
    after = toml.with_table(CODEX, "mcp_servers.semlens", {"command": "new", "args": ["mcp"]})
    assert '[mcp_servers.other]\ncommand = "x"' in after
    assert '[profiles.fast]\nmodel = "o9-mini"' in after
    assert "old" not in after
    assert "semlens.env" not in after
    assert after.endswith('\n\n[mcp_servers.semlens]\ncommand = "new"\nargs = ["mcp"]\n')
    assert "semlens" not in toml.without_table(after, "mcp_servers.semlens")
    if sys.version_info >= (3, 11):
        import tomllib

        servers = tomllib.loads(after)["mcp_servers"]
        assert servers == {"other": {"command": "x"}, "semlens": {"command": "new", "args": ["mcp"]}}


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python reads no TOML")
@pytest.mark.parametrize(
    "text",
    [
        "[mcp_servers.a\ncommand",
        'model = "o9',
        "mcp_servers = 3\n",
        "mcp_servers = { a = {} }\n",
        "[[mcp_servers]]\n",
    ],
)
def test_a_toml_file_that_would_not_be_read_is_left_as_it_is(home: Path, text: str) -> None:
    client = client_named("codex")
    client.file().parent.mkdir()
    client.file().write_text(text)
    with pytest.raises(UsageError, match=r"config\.toml is not the TOML that Codex needs"):
        installed(client, ["semlens", "mcp"])


@pytest.mark.parametrize(
    "header", ['["mcp_servers"."semlens"]', "[ mcp_servers . semlens ]", "[mcp_servers.semlens] # mine"]
)
def test_a_table_is_known_however_its_name_is_written(header: str) -> None:
    assert toml.without_table(f'{header}\ncommand = "old"\n', "mcp_servers.semlens") == ""


def test_a_table_whose_name_begins_alike_stays() -> None:
    other = '[mcp_servers.semlens_two]\ncommand = "x"\n'
    assert toml.without_table(other, "mcp_servers.semlens") == other


def test_the_server_is_started_isolated() -> None:
    assert server_command(["/a"])[1:] == ["-I", "-X", "utf8", "-m", "semlens", "mcp", "/a"]


def test_agents_start_the_editors_script_which_outlives_an_update(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "semlens"
    monkeypatch.setenv("SEMLENS_SCRIPT", str(script))
    assert "-I" in server_command(["/a"])  # it was deleted meanwhile
    script.write_text("", "utf-8")
    assert [*server_command(["/a"])][-3:] == [str(script), "mcp", "/a"]


def test_an_unknown_agent_is_named_with_those_that_there_are() -> None:
    with pytest.raises(UsageError, match="claude-code"):
        client_named("clippy")


@pytest.mark.parametrize("dry_run", [False, True])
def test_an_agent_that_works_in_no_folder_is_not_set_up_without_one(home: Path, dry_run: bool) -> None:
    client = client_named("claude-desktop")
    with pytest.raises(UsageError) as refused:
        install(client.name, [], dry_run)
    assert str(refused.value) == "Claude Desktop works in no folder: name your project with --folder FOLDER."
    assert not client.file().exists()
    install(client.name, [str(home)], dry_run)
    assert is_installed(client) is not dry_run
    install("cursor", [], dry_run)  # it works in one
