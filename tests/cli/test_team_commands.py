"""`semlens team` and `semlens index --team`: consent, sentences and exit statuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from semlens.engine.client.team import team_of_environment
from semlens.protocol.team import UseTeam
from support.command_line import Run
from support.live import Live, many_files, write

NOBODY = "http://127.0.0.1:9"


@pytest.mark.parametrize(
    "url", ["http://chroma.example.com", "chroma.example.com", "https://me:pw@example.com"]
)
def test_a_wrong_address_is_wrong_usage(run: Run, url: str) -> None:
    ended = run("team", "join", url, "--yes")
    assert ended.status == 2 and ended.err.startswith("semlens: The ") and "pw" not in ended.err


def test_consent_is_shown_and_nobody_agrees_by_accident(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = run("team", "join", "https://chroma.example.com:8443")
    assert ended.status == 2 and "say --yes to agree" in ended.err
    shown = ended.out
    assert "To chroma.example.com:8443, and to no other host" in shown and "without a secret" in shown
    assert "the vector of each piece" in shown and "never sends text, paths or names" in shown
    monkeypatch.setenv("SEMLENS_TEAM_SECRET", "swordfish")
    shown = run("team", "join", "https://chroma.example.com", "--access", "read").out
    assert "made with the team's secret" in shown and "no vectors" in shown and "swordfish" not in shown
    assert run("team", "join", "https://chroma.example.com", "--access", "all").status == 2


def test_a_team_that_cannot_be_reached_is_a_sentence_and_status_1(
    run: Run, live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEMLENS_TEAM_TOKEN", "swordfish")
    live.start()
    folder = write(tmp_path / "checkout", many_files(3))
    for path in [*folder.rglob("*.py")]:
        path.chmod(0o444)
    ended = run("index", "--team", folder)
    assert ended.status == 1 and "You have joined no team" in ended.err
    assert "You have joined no team" in run("team", "search", "on", folder).err
    none = run("team", "status")
    assert (none.status, none.out) == (0, "You have joined no team.\n")
    joined = run("team", "join", NOBODY, "--yes")
    assert joined.status == 1 and "The team's server 127.0.0.1:9 cannot be reached." in joined.out
    shown = run("team", "search", "on", folder)
    assert shown.status == 2 and "say --yes to agree" in shown.err
    assert "To 127.0.0.1:9, and to no other host" in shown.out and "the vector of each question" in shown.out
    assert "no further vectors of its code" in shown.out and "made without a secret" in shown.out
    assert "name it, for the whole team alike" in run("team", "search", "on", folder, "--yes").err
    on = run("team", "search", "on", folder, "--yes", "--give", "--repository", "ours")
    assert on.status == 1 and f"Its index of {folder} is asked." in on.out
    assert "cannot be reached" in on.out and "so that the whole team can search them" in on.out
    off = json.loads(run("team", "search", "off", folder, "--json").out)
    assert off["searched"] == []
    assert run("team", "search", "maybe", folder).status == 2
    before = _names(folder)
    ended = run("index", "--team", "--read-only-checkout", folder, "--json")
    report = json.loads(ended.out)
    assert ended.status == 1 and not report["complete"] and "cannot be reached" in report["message"]
    assert report["made"] == report["chunks"] > 0 and (report["taken"], report["given"]) == (0, 0)
    assert _names(folder) == before
    for command in ("status", "doctor"):
        assert "The team's server 127.0.0.1:9 cannot be reached." in run(command).out
    assert "You have left 127.0.0.1:9." in run("team", "leave").out
    assert "in no team" in run("team", "leave").out
    assert run("team", "prune", "--days", "30").status == 1
    kept = b"".join(path.read_bytes() for path in live.data_dir.rglob("*") if path.is_file())
    assert b"swordfish" not in kept and b"swordfish" not in live.said.encode()


def _names(folder: Path) -> list[tuple[str, int]]:
    return sorted((str(path), path.stat().st_mtime_ns) for path in folder.rglob("*"))


def test_a_checkout_that_is_only_read_holds_no_data_of_semlens(
    run: Run, data_dir: Path, tmp_path: Path
) -> None:
    ended = run("index", "--read-only-checkout", tmp_path)
    assert ended.status == 2 and "SEMLENS_DATA_DIR" in ended.err


def test_the_environment_says_what_is_known_of_the_team(tmp_path: Path) -> None:
    assert team_of_environment({}) is None
    assert team_of_environment({"SEMLENS_TEAM_ACCESS": "everything", "SEMLENS_TEAM_URL": " "}) is None
    said = {"SEMLENS_TEAM_TOKEN": "t", "SEMLENS_TEAM_SECRET": "s", "SEMLENS_TEAM_ACCESS": "read"}
    assert team_of_environment(said) == UseTeam(token="t", secret="s", access="read")
    found = team_of_environment({"SEMLENS_TEAM_CA": "own.pem"})
    assert found is not None and Path(found.ca_file).is_absolute()
