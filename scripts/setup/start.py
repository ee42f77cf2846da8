"""`scripts/run.py`: open VS Code with Semlens on a folder, or answer one query in the terminal."""

from __future__ import annotations

import argparse
import functools
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from setup import node, python, vscode
from setup.command import guarded, set_up
from setup.steps import CACHE, ROOT, SetupError, is_done, key_of, plain_environment, say, set_done

_PORT = 8394
"""The port to try first: the browser keeps the state of VS Code for each address."""
_START_SECONDS = 60
_FIRST_SETTINGS: dict[str, str | bool] = {
    "chat.disableAIFeatures": True,  # a chat that asks for an account
    "workbench.secondarySideBar.defaultVisibility": "hidden",  # without the chat it is empty
    "telemetry.telemetryLevel": "off",  # and with it the editor's notice that it collects data
}
"""Settings of the profile, unless the user has changed them there."""


def main(arguments: Sequence[str]) -> int:
    return guarded(functools.partial(_run, _parse(arguments)))


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="run.py", description="Set Semlens up in this checkout and open VS Code with it on a folder."
    )
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT, help="default: this repository")
    parser.add_argument(
        "--query", metavar="TEXT", help="index the folder and print the hits, without an editor"
    )
    parser.add_argument("--limit", type=int, default=5, help="hits to print with --query (default: 5)")
    parser.add_argument(
        "--browser", action="store_true", help="open VS Code in the browser, even if `code` is installed"
    )
    parser.add_argument("--port", type=int, help="the loopback port of VS Code in the browser")
    return parser.parse_args(arguments)


def _run(options: argparse.Namespace) -> int:
    folder = options.folder.expanduser().resolve()
    if not folder.is_dir():
        raise SetupError(f"{folder} is not a folder: name one to open.")
    if options.query is not None:
        set_up(lambda: python.prepare("runtime"))
        return _ask(folder, options.query, options.limit)
    set_up(lambda: python.prepare("runtime"), node.prepare)
    vscode.record_interpreter(python.PYTHON)
    code = None if options.browser else _desktop()
    if code is not None:
        return open_desktop(code, folder)
    return _open_browser(folder, options.port)


def _ask(folder: Path, query: str, limit: int) -> int:
    semlens = [str(python.PYTHON), "-I", "-m", "semlens"]
    search = ["search", query, "--folder", str(folder), "--limit", str(limit)]
    return subprocess.run([*semlens, *search], cwd=CACHE, env=plain_environment(), check=False).returncode


def _desktop() -> str | None:
    """The path of desktop VS Code; None if it is not installed or there is no screen."""
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return None
    return shutil.which("code")


def open_desktop(code: str, folder: Path) -> int:
    profile = _profile("desktop")
    as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    command = [code, *as_root, *vscode.profile_arguments(profile)]
    environment = vscode.environment()
    key = key_of(files=[node.VSIX])
    if not is_done(profile / "installed", key):
        install = [*command, "--install-extension", str(node.VSIX), "--force"]
        done = subprocess.run(install, capture_output=True, text=True, env=environment, check=False)
        if done.returncode != 0:
            said = vscode.last_line(done.stdout + done.stderr)
            raise SetupError(f"VS Code did not take the extension: {said} Try again with --browser.")
        set_done(profile / "installed", key)
    say(f"Opening VS Code on {folder}.")
    return subprocess.run([*command, "--new-window", str(folder)], env=environment, check=False).returncode


def _open_browser(folder: Path, chosen_port: int | None) -> int:
    set_up(lambda: vscode.prepare(CACHE))
    server = vscode.prepare(CACHE)
    profile = _profile("browser")
    key = key_of(files=[node.VSIX])
    if not is_done(profile / "installed", key):
        server.install_extension(node.VSIX, profile)
        set_done(profile / "installed", key)
    port = port_to_use(chosen_port)
    log = CACHE / "code-server.log"
    process = server.serve(folder, profile, port, log)
    try:
        _wait_until_open(process, port, log)
        address = f"http://127.0.0.1:{port}/?folder={quote(folder.as_posix())}"
        say(f"VS Code with Semlens is open at {address}\nCtrl+C ends it.")
        _show(address)
        return process.wait()
    except KeyboardInterrupt:
        say("\nVS Code in the browser has ended.")
        return 0
    finally:
        process.terminate()
        process.wait(timeout=10)


def _profile(name: str) -> Path:
    """A separate profile with the Python of this checkout; the user's own settings stay untouched."""
    profile = CACHE / name
    # Desktop VS Code reads User, VS Code in the browser reads Machine.
    for folder in (profile / "data" / "User", profile / "data" / "Machine"):
        folder.mkdir(parents=True, exist_ok=True)
        change_setting(folder / "settings.json", "semlens.interpreter", str(python.PYTHON))
        for name, value in _FIRST_SETTINGS.items():
            change_setting(folder / "settings.json", name, value, once=True)
    return profile


def change_setting(file: Path, name: str, value: str | bool, once: bool = False) -> None:
    """Write one setting; if `once`, only if it is not set. A file with comments is left alone."""
    try:
        settings = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    except ValueError:
        return
    if settings.get(name) != value and not (once and name in settings):
        file.write_text(json.dumps({**settings, name: value}, indent=2), encoding="utf-8")


def port_to_use(chosen: int | None) -> int:
    if chosen is not None and not _is_free(chosen):
        raise SetupError(f"Port {chosen} is in use: name another with --port, or leave it to Semlens.")
    if chosen is not None:
        return chosen
    return _PORT if _is_free(_PORT) else vscode.free_port()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        if os.name != "nt":  # there it would allow a second listener
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _wait_until_open(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    said = vscode.last_line(log.read_text(encoding="utf-8", errors="replace"))
    raise SetupError(f"VS Code in the browser did not start: {said} (more in {log})")


def _show(address: str) -> None:
    """Open `address` in the browser, if there is a screen."""
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return
    try:
        webbrowser.open(address)
    except webbrowser.Error:
        return  # the address is printed
