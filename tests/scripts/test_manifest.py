"""The extension's manifest, the generated protocol and README agree with the server."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from attrs import fields

from semlens.protocol import editor as protocol
from semlens.settings import MACHINE_ONLY, Settings, camel, parse

EDITORS_OWN = {"files_exclude", "search_exclude", "files_encoding"}
"""Settings that the editor itself declares."""
TEAM = {f"semlens.team.{name}" for name in ("url", "access", "tenant", "database", "header", "certificates")}
EXTENSIONS_OWN = {
    "semlens.interpreter",
    "semlens.environment",
    "semlens.wheelFolder",
    "semlens.agents",
    *TEAM,
}
"""Settings that only the extension reads: how to start the server, how agents reach it, and the team."""
SHOWN = {
    "semlens.statusBar",
    "semlens.codeLens",
    "semlens.inlayHints",
    "semlens.tokenBadges",
    "semlens.duplicateHints",
}
"""Settings that only the extension reads: what it shows. A workspace may set them."""


@pytest.fixture(scope="module")
def manifest(repository: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((repository / "package.json").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def texts(repository: Path) -> dict[str, str]:
    """The English texts of the manifest, by their keys."""
    loaded: dict[str, str] = json.loads((repository / "package.nls.json").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def properties(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    groups = manifest["contributes"]["configuration"]
    return {name: setting for group in groups for name, setting in group["properties"].items()}


def test_the_manifest_declares_the_servers_settings(properties: dict[str, dict[str, Any]]) -> None:
    known = {f"semlens.{camel(field.name)}" for field in fields(Settings) if field.name not in EDITORS_OWN}
    assert set(properties) - EXTENSIONS_OWN - SHOWN == known


def test_the_manifests_defaults_are_the_servers(properties: dict[str, dict[str, Any]]) -> None:
    declared = {
        name.removeprefix("semlens."): setting["default"]
        for name, setting in properties.items()
        if name not in EXTENSIONS_OWN | SHOWN
    }
    assert parse(declared) == (Settings(), [])


def test_the_server_accepts_every_choice_that_the_manifest_offers(
    properties: dict[str, dict[str, Any]],
) -> None:
    for name, setting in properties.items():
        for choice in setting.get("enum", ()) if name not in EXTENSIONS_OWN | SHOWN else ():
            assert parse({name.removeprefix("semlens."): choice})[1] == []


def test_a_workspace_cannot_choose_what_runs(manifest: dict[str, Any], properties: dict[str, Any]) -> None:
    machine = {name for name, setting in properties.items() if setting["scope"] == "machine"}
    assert machine == {f"semlens.{camel(name)}" for name in MACHINE_ONLY} | EXTENSIONS_OWN
    untrusted = manifest["capabilities"]["untrustedWorkspaces"]
    assert untrusted["supported"] == "limited"
    assert set(untrusted["restrictedConfigurations"]) == machine


def test_every_setting_says_what_it_does(
    properties: dict[str, dict[str, Any]], texts: dict[str, str]
) -> None:
    for name, setting in properties.items():
        key = f"setting.{name.removeprefix('semlens.')}"
        assert setting["markdownDescription"] == f"%{key}.description%"
        assert texts[f"{key}.description"].endswith(".")
        meanings = [f"%{key}.{choice}%" for choice in setting.get("enum", ())]
        assert setting.get("enumDescriptions", []) == meanings


def test_the_editor_shows_settings_in_the_order_of_the_manifest(manifest: dict[str, Any]) -> None:
    groups = manifest["contributes"]["configuration"]
    for numbered in (groups, *(list(group["properties"].values()) for group in groups)):
        assert [one["order"] for one in numbered] == list(range(1, len(numbered) + 1))


def test_every_command_of_the_manifest_is_registered_once(manifest: dict[str, Any], repository: Path) -> None:
    files = (repository / "extension" / "src").rglob("*.ts")
    source = "".join(file.read_text(encoding="utf-8") for file in files)
    names = [command["command"] for command in manifest["contributes"]["commands"]]
    assert len(set(names)) == len(names)
    for name in names:
        registered = re.findall(rf"register\(\s*'{re.escape(name.removeprefix('semlens.'))}'", source)
        assert len(registered) == 1, name


def test_every_request_has_its_typescript(repository: Path) -> None:
    written = (repository / "extension" / "src" / "protocol.ts").read_text(encoding="utf-8")
    for method, (params, result) in protocol.REQUESTS.items():
        assert f"= request<{params.__name__}, {result.__name__}>('{method}')" in written


@pytest.mark.parametrize("script", ["generate_protocol.py", "generate_settings.py"])
def test_generated_files_are_up_to_date(script: str, repository: Path) -> None:
    command = [sys.executable, str(repository / "scripts" / script), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


PLAYGROUND = ("model", "tokenizer", "special", "embedding", "context", "search", "choose")
"""Steps of the playground, which commands of their own open."""


def test_the_walkthrough_leads_to_commands_and_images_that_are_there(
    manifest: dict[str, Any], texts: dict[str, str], repository: Path
) -> None:
    commands = {command["command"] for command in manifest["contributes"]["commands"]}
    commands |= {f"semlens.openPlayground.{step}" for step in PLAYGROUND}
    sources = [file.read_text("utf-8") for file in (repository / "extension" / "src").rglob("*.ts")]
    contexts = {name for text in sources for name in re.findall(r"'setContext', '([\w.]+)'", text)}
    start = manifest["contributes"]["walkthroughs"][0]["steps"]
    assert "onContext:semlens.running" in start[0]["completionEvents"], "it may have been set up elsewhere"
    assert next(step["id"] for step in start) == "setUp", "nothing works before it"
    for walkthrough in manifest["contributes"]["walkthroughs"]:
        assert re.fullmatch(r"(Find|Learn)( [A-Z]\w*| by)+", texts[walkthrough["title"].strip("%")])
    for step in [step for one in manifest["contributes"]["walkthroughs"] for step in one["steps"]]:
        assert set(re.findall(r"\(command:(.*?)\)", texts[step["description"].strip("%")])) <= commands
        for event in step["completionEvents"]:
            kind, _, name = event.partition(":")
            assert name in {"onCommand": commands, "onContext": contexts}[kind]
        media = step["media"].get("image") or step["media"]["svg"]
        assert (repository / media).is_file() and not media.endswith("icon.png")
