"""The set-up says in one sentence what it cannot do, and takes nothing half-done for done."""

from __future__ import annotations

import ast
import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from setup import node, python, python_version, start, steps, suite

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(steps, "CACHE", tmp_path)
    monkeypatch.setattr(steps, "LOG", tmp_path / "set-up.log")
    return tmp_path


def failing(output: str) -> list[str]:
    return [sys.executable, "-c", f"import sys; print({output!r}); sys.exit(1)"]


@pytest.mark.parametrize(
    "file", ["run.py", "test.py", "check.py", "setup/__init__.py", "setup/python_version.py"]
)
def test_an_old_python_reads_the_files_that_say_it_is_too_old(file: str) -> None:
    ast.parse((SCRIPTS / file).read_text(encoding="utf-8"), feature_version=(3, 6))


@pytest.mark.parametrize(
    ("version", "fits"), [((3, 9), False), ((3, 10), True), ((3, 13), True), ((3, 14), False)]
)
def test_the_range_of_pythons(version: tuple[int, int], fits: bool) -> None:
    assert python_version.fits(version) is fits
    assert f"this is {version[0]}.{version[1]}" in python_version.sentence(version)


def test_a_python_that_fits_is_found_and_works() -> None:
    found = python_version.find()
    if found is None:
        pytest.skip("this machine has no Python by the name of its version")
    code = "import sys; print(sys.version_info >= (3, 10))"
    assert (
        subprocess.run([found, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
        == "True"
    )


@pytest.mark.parametrize(
    "output",
    [
        "WARNING: Retrying ... NameResolutionError('...')\nERROR: No matching distribution found for numpy",
        "npm error code EAI_AGAIN\nnpm error request failed",
    ],
)
def test_without_network_the_step_that_needed_it_is_named(output: str) -> None:
    with pytest.raises(steps.SetupError, match=r"^Python packages: this step needs the network") as raised:
        steps.Step("Python packages", network=True).run(failing(output))
    assert "\n" not in str(raised.value)


def test_a_full_disk_is_named() -> None:
    with pytest.raises(steps.SetupError, match=r"^PyTorch: the disk is full"):
        steps.Step("PyTorch", network=True).run(failing("ERROR: [Errno 28] No space left on device"))


def test_another_failure_is_shown_with_its_cause_and_its_log(cache: Path) -> None:
    with pytest.raises(steps.SetupError, match=r"^Extension failed: error TS1005: ';' expected"):
        steps.Step("Extension").run(failing("building\nerror TS1005: ';' expected\nnpm run package"))
    assert "building" in (cache / "set-up.log").read_text(encoding="utf-8")


def test_where_npm_has_its_log_is_not_the_cause() -> None:
    said = "npm error not found: make\nnpm error A complete log of this run can be found in: /root/.npm/1.log"
    with pytest.raises(steps.SetupError, match=r"^Extension failed: npm error not found: make \("):
        steps.Step("Extension").run(failing(said))


def test_a_command_that_is_not_there_is_named() -> None:
    with pytest.raises(steps.SetupError, match="no-such-command cannot be run"):
        steps.Step("Extension").run(["no-such-command"])


def test_a_stamp_counts_for_its_own_key_alone(cache: Path) -> None:
    stamp = cache / "stamp"
    assert not steps.is_done(stamp, "a")
    steps.set_done(stamp, "a")
    assert steps.is_done(stamp, "a")
    assert not steps.is_done(stamp, "b")


def test_a_pip_that_was_interrupted_is_repaired_once(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    ran = cache / "ran"
    recorder = "import sys; open(sys.argv[1], 'a').write(' '.join(sys.argv[2:]) + '\\n')"
    interpreter = cache / "python"
    interpreter.write_text(
        f'#!/bin/sh\nexec "{sys.executable}" -c "{recorder}" "{ran}" "$@"\n', encoding="utf-8"
    )
    interpreter.chmod(0o755)
    if sys.platform == "win32":
        pytest.skip("a script cannot stand in for python.exe")
    monkeypatch.setattr(python, "VENV", cache)
    monkeypatch.setattr(python, "PYTHON", interpreter)
    (cache / ".semlens-pytorch-unfinished").touch()
    for _ in range(2):
        python.install("PyTorch", "torch", repair=("--force-reinstall", "--no-deps"))
    forced = ["--force-reinstall" in line for line in ran.read_text(encoding="utf-8").splitlines()]
    assert forced == [True, False, False]


def test_without_node_the_sentence_says_where_to_get_it(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    monkeypatch.setenv("PATH", str(cache))
    with pytest.raises(steps.SetupError, match=r"needs Node\.js .* https://nodejs\.org/"):
        node.npm()


def test_a_folder_that_is_not_there_is_named(cache: Path) -> None:
    missing = cache / "missing"
    done = subprocess.run(
        [sys.executable, str(SCRIPTS / "run.py"), str(missing)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == f"{missing} is not a folder: name one to open.\n"


def test_a_port_in_use_is_named() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(steps.SetupError, match=f"Port {port} is in use"):
            start.port_to_use(port)


def test_a_setting_is_added_and_a_person_s_comments_are_kept(cache: Path) -> None:
    file = cache / "settings.json"
    start.change_setting(file, "semlens.interpreter", "/python")
    assert file.read_text(encoding="utf-8") == '{\n  "semlens.interpreter": "/python"\n}'
    file.write_text("{ // mine\n}", encoding="utf-8")
    start.change_setting(file, "semlens.interpreter", "/python")
    assert file.read_text(encoding="utf-8") == "{ // mine\n}"


@pytest.mark.skipif(sys.platform == "win32", reason="a script cannot stand in for code.exe")
def test_what_a_person_has_chosen_in_the_profile_stays(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    start.change_setting(file, "chat.disableAIFeatures", True, once=True)
    assert json.loads(file.read_text()) == {"chat.disableAIFeatures": True}
    file.write_text('{"chat.disableAIFeatures": false}')
    start.change_setting(file, "chat.disableAIFeatures", True, once=True)
    assert json.loads(file.read_text()) == {"chat.disableAIFeatures": False}


def test_desktop_vs_code_gets_a_profile_of_its_own(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    ran, code = cache / "ran", cache / "code"
    code.write_text(f'#!/bin/sh\necho "$@" >> "{ran}"\n', encoding="utf-8")
    code.chmod(0o755)
    (cache / "semlens.vsix").touch()
    monkeypatch.setattr(steps, "ROOT", cache)
    monkeypatch.setattr(start, "CACHE", cache)
    monkeypatch.setattr(node, "VSIX", cache / "semlens.vsix")
    for _ in range(2):
        assert start.open_desktop(str(code), Path("/folder")) == 0
    lines = ran.read_text(encoding="utf-8").splitlines()
    profile = cache / "desktop"
    assert all(f"--user-data-dir {profile / 'data'}" in line for line in lines)
    assert all(f"--extensions-dir {profile / 'extensions'}" in line for line in lines)
    assert ["--install-extension" in line for line in lines] == [True, False, False]
    assert lines[-1].endswith("--new-window /folder")


def test_the_tests_run_in_three_processes_unless_told_otherwise() -> None:
    command = suite.command(False, ["-n", "0", "tests/core"])
    assert command.index("3") < command.index("0")
    assert command[-3:] == ["-n", "0", "tests/core"] and "fast" not in command
    assert suite.command(True, ["-x"])[-3:] == ["-m", "fast", "-x"]
