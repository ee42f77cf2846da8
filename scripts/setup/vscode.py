"""Install VS Code for the browser (code-server) in a cache folder of the checkout.

`scripts/run.py` opens it if there is no desktop VS Code, and the screen tests drive it. Its npm package has
prebuilt binaries, but its install scripts need a compiler. So they are skipped, and this module does the
parts that are needed. Only the module that writes VS Code's log files must be compiled; without it there are
no logs.
"""

from __future__ import annotations

import os
import platform
import shutil
import socket
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from setup import node as tools
from setup.steps import SetupError, Step, is_done, key_of, say, set_done, step

LOCKED = Path(__file__).parent / "code-server"
"""The package.json and package-lock.json that pin code-server and its Node by hash."""
NODE_MAJOR = 24
"""The major version of Node that code-server's native modules are built for."""
_INSTALL_SECONDS = 300
_RECORD = """
import json, sys
from semlens.engine.wire.endpoint import default_data_dir, prepare
file = prepare(default_data_dir()) / "environment.json"
file.write_text(json.dumps({"interpreter": sys.executable}), encoding="utf-8")
"""
"""Read by extension/src/server/environment.ts."""


@dataclass(frozen=True)
class CodeServer:
    """An installed code-server."""

    node: Path
    entry: Path

    def command(self, *arguments: str) -> list[str]:
        return [str(self.node), str(self.entry), *arguments]

    def install_extension(self, vsix: Path, profile: Path) -> None:
        """Install `vsix` for `profile`, replacing the version that is there. Raises SetupError."""
        profile.mkdir(parents=True, exist_ok=True)
        command = self.command(*profile_arguments(profile), "--force", "--install-extension", str(vsix))
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_INSTALL_SECONDS, env=environment(), check=False
        )
        if done.returncode != 0 or "successfully installed" not in done.stdout:
            said = last_line(done.stderr + done.stdout)
            raise SetupError(f"Semlens could not be installed into VS Code: {said}")

    def serve(self, folder: Path, profile: Path, port: int, log: Path) -> subprocess.Popen[bytes]:
        """Start a server for `folder` on the loopback `port`, with its output in `log`."""
        command = self.command(
            *profile_arguments(profile),
            *("--auth", "none", "--bind-addr", f"127.0.0.1:{port}", "--disable-workspace-trust"),
            *("--disable-telemetry", "--disable-update-check", "--disable-getting-started-override"),
            str(folder),
        )
        with log.open("wb") as output:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=profile,
                env=environment(),
            )


def prepare(cache: Path) -> CodeServer:
    """The code-server in `cache`; installs it if it is missing or incomplete. Raises SetupError."""
    home = cache / "code-server"
    stamp = home / "installed"
    key = key_of(files=[LOCKED / "package.json", LOCKED / "package-lock.json"])
    if not is_done(stamp, key):
        if os.name == "nt":
            raise SetupError(
                "VS Code in the browser does not run on Windows: install VS Code, with `code` on the PATH."
            )
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        with step("VS Code for the browser", network=True) as installing:
            _install(home, installing)
        set_done(stamp, key)
    entry = home / "node_modules" / "code-server" / "out" / "node" / "entry.js"
    if not entry.is_file():
        raise SetupError(
            f"VS Code in the browser is incomplete: delete {home} and run the same command again."
        )
    return CodeServer(_node(home), entry)


def record_interpreter(interpreter: Path) -> None:
    """Record that `interpreter` has the server, for the extension in any VS Code of this machine.

    Errors are ignored: without the record, the extension asks the user.
    """
    command = [str(interpreter), "-I", "-c", _RECORD]
    subprocess.run(command, capture_output=True, cwd=interpreter.parent, timeout=60, check=False)


def free_port() -> int:
    """A free loopback port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def profile_arguments(profile: Path) -> Sequence[str]:
    """Command-line arguments for a separate profile: the user's settings and extensions stay untouched."""
    return ("--user-data-dir", str(profile / "data"), "--extensions-dir", str(profile / "extensions"))


def environment() -> dict[str, str]:
    """The environment without the variables of an enclosing VS Code."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("VSCODE_", "ELECTRON_"))
    }


def last_line(output: str) -> str:
    """The last line that is not empty."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "it ended without a message."


def _install(home: Path, installing: Step) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(LOCKED / name, home / name)
    without_scripts = ["--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
    installing.run([tools.npm(), "ci", *without_scripts], cwd=home)
    variables = environment()
    variables["PATH"] = f"{_node(home).parent}{os.pathsep}{variables.get('PATH', '')}"
    vscode = home / "node_modules" / "code-server" / "lib" / "vscode"
    for folder in (vscode, vscode / "extensions"):
        # Not `ci`: the lock files that code-server ships are not quite in step with their manifests.
        installing.run([tools.npm(), "install", *without_scripts], cwd=folder, environment=variables)
    try:
        installing.run([tools.npm(), "rebuild", "@vscode/spdlog"], cwd=vscode, environment=variables)
    except SetupError:
        say("  VS Code will keep no log files: that takes a C++ compiler and a network to nodejs.org.")
    link = vscode / "node_modules.asar"
    if not link.exists():
        link.symlink_to("node_modules", target_is_directory=True)


def _node(home: Path) -> Path:
    """The installation's own Node, else the one on the PATH if its version is right. Raises SetupError."""
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(platform.machine().lower(), "")
    carried = home / "node_modules" / f"node-linux-{machine}" / "bin" / "node"
    if carried.is_file():
        carried.chmod(0o755)
        return carried
    found = shutil.which("node")
    if found and tools.version(found) == NODE_MAJOR:
        return Path(found)
    raise SetupError(
        f"VS Code in the browser needs Node.js {NODE_MAJOR} on this system: "
        "install it, or install desktop VS Code with `code` on the PATH."
    )
