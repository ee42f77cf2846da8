"""Whatever goes wrong is one sentence, leaves nothing half-made, and the next try succeeds."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from installer.conftest import INSTALLER, Installer
from support.package_index import make_wheel

posix_only = pytest.mark.skipif(os.name == "nt", reason="POSIX limits and signals")


def refused(installer: Installer, code: str, *words: str, **options: Any) -> None:
    """The program fails with one sentence, and leaves nothing half-made."""
    event = installer.run(**options)
    assert (event["event"], event["code"]) == ("failed", code), event
    message = event["message"]
    assert message.endswith(".") and "\n" not in message and "Traceback" not in message
    for word in words:
        assert word in message
    assert installer.environments == [] and installer.nothing_half_made()


def succeeds(installer: Installer) -> None:
    """The next try makes the environment."""
    assert installer.make().is_dir() and installer.nothing_half_made()
    assert installer.run(do="check")["whole"] is True


def test_no_network(installer: Installer) -> None:
    installer.variables = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0"}
    refused(installer, "network", "connect to the network", "semlens.wheelFolder")
    installer.variables = {}
    succeeds(installer)


def test_a_proxy_that_refuses(installer: Installer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        answer = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

        def refuse() -> None:
            while True:
                try:
                    connection, _ = proxy.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    connection.sendall(answer)

        threading.Thread(target=refuse, daemon=True).start()
        address = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        installer.variables = {
            "PIP_INDEX_URL": "https://pypi.example/simple",
            "HTTPS_PROXY": address,
            "NO_PROXY": "",
        }
        refused(installer, "proxy", "http.proxy", "HTTPS_PROXY")
    installer.variables = {}
    succeeds(installer)


def test_a_wrong_hash(installer: Installer) -> None:
    installer.index.altered = True
    refused(installer, "hash", "not the one that this version of Semlens was tested with")
    installer.index.altered = False
    succeeds(installer)


def test_another_package_under_the_same_name(installer: Installer, tmp_path: Path) -> None:
    good = installer.index.wheels["alpha-1.0-py3-none-any.whl"]
    (tmp_path / "evil").mkdir()
    installer.index.add(make_wheel(tmp_path / "evil", "alpha", "1.0", {"alpha.py": b"import os\n"}))
    refused(installer, "hash", "alpha")
    installer.index.wheels["alpha-1.0-py3-none-any.whl"] = good
    succeeds(installer)


def test_a_connection_cut_in_the_middle(installer: Installer) -> None:
    installer.index.cut = True
    refused(installer, "network", "the connection broke")
    installer.index.cut = False
    succeeds(installer)


def test_a_package_that_is_not_there_for_this_machine(installer: Installer) -> None:
    page = installer.index.wheels.pop("beta-1.0-py3-none-any.whl")
    installer.index.wheels["beta-1.0-cp27-none-any.whl"] = page
    refused(installer, "network")
    del installer.index.wheels["beta-1.0-cp27-none-any.whl"]
    installer.index.wheels["beta-1.0-py3-none-any.whl"] = page
    succeeds(installer)


@posix_only
def test_a_full_disk(installer: Installer) -> None:
    import resource

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    refused(installer, "disk", "The disk is full", preexec_fn=limit)
    succeeds(installer)


def test_too_little_room_is_said_before_anything_is_fetched(installer: Installer) -> None:
    manifest = installer.parts / "manifest.json"
    fields = json.loads(manifest.read_text("utf-8"))
    large = {**fields, "sizes": {"any": {"base": 10**9, "full": 10**9}}}
    manifest.write_text(json.dumps(large), "utf-8")
    refused(installer, "disk", "MB are free")
    assert installer.index.asked == []
    manifest.write_text(json.dumps(fields), "utf-8")
    succeeds(installer)


def test_a_storage_that_cannot_be_written(installer: Installer) -> None:
    # A file in the place of the folder is refused to every user, root included.
    (installer.storage / "environments").write_text("")
    event = installer.run()
    assert event["event"] == "failed"
    (installer.storage / "environments").unlink()
    succeeds(installer)


@posix_only
@pytest.mark.parametrize("how", ["the window is closed", "killed"])
def test_an_end_in_the_middle(installer: Installer, how: str) -> None:
    installer.index.stalled = threading.Event()
    process = installer.start()
    assert installer.index.reached.wait(60)
    if how == "killed":
        process.kill()
    assert process.stdin is not None and process.stdout is not None
    process.stdin.close()
    assert process.wait(60) != 0
    process.stdout.close()
    if how != "killed":
        assert installer.environments == [] and installer.nothing_half_made()
    installer.index.stalled.set()
    installer.index.stalled = None
    succeeds(installer)
    assert len(installer.environments) == 1


def test_a_full_stage_that_fails_leaves_the_base(installer: Installer) -> None:
    environment = installer.make()
    installer.index.cut = True
    assert installer.run("--stage", "full")["code"] == "network"
    assert not list(environment.glob("full*"))
    assert installer.run(do="check")["whole"] is True
    installer.index.cut = False
    assert installer.make("--stage", "full") == environment


def test_packages_that_do_not_run_here_are_refused(installer: Installer, tmp_path: Path) -> None:
    manifest = installer.parts / "manifest.json"
    fields = json.loads(manifest.read_text("utf-8"))
    manifest.write_text(json.dumps({**fields, "imports": ["alpha", "gamma"]}), "utf-8")
    refused(installer, "load", "No module named 'gamma'")


@posix_only
def test_a_python_without_venv_and_ensurepip(installer: Installer, tmp_path: Path) -> None:
    """As Debian's, which has both in a package of its own."""
    shim = tmp_path / "python-without-venv"
    code = f"""
import runpy, sys
class Absent:
    def find_spec(self, name, *_):
        if name.split(".")[0] in ("venv", "ensurepip"):
            raise ModuleNotFoundError(f"No module named {{name}}")
sys.meta_path.insert(0, Absent())
sys.executable = {str(shim)!r}
sys.argv = [argument for argument in sys.argv[1:] if argument != "-I"]
if sys.argv[0] == "-m":
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__")
runpy.run_path(sys.argv[0], run_name="__main__")
"""
    (tmp_path / "shim.py").write_text(code, "utf-8")
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{tmp_path}/shim.py" "$@"\n', "utf-8")
    shim.chmod(0o755)
    event = installer.run(python=str(shim))
    assert event["event"] == "done", event
    done = subprocess.run(
        [event["interpreter"], "-I", "-c", "import alpha, semlens, sys; print(sys.prefix)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == event["environment"]


def test_an_old_python_says_so() -> None:
    code = (
        "import runpy, sys; sys.version_info = (3, 8, 0); sys.argv = sys.argv[1:]; "
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(INSTALLER)], capture_output=True, text=True, check=False
    )
    event = json.loads(done.stdout)
    assert (event["event"], event["code"]) == ("failed", "python")
    assert event["message"] == f"Semlens needs Python 3.10 to 3.13, and {sys.executable} is 3.8."


def test_incomplete_parts_are_one_sentence(installer: Installer) -> None:
    (installer.parts / "manifest.json").write_text("{", "utf-8")
    assert installer.run()["code"] == "parts"
