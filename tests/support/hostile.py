"""A workspace that tries everything: to run code, to lead out of itself, and to cost what it can."""

from __future__ import annotations

import json
import os
from pathlib import Path

TREASURE = "TREASURE_OUTSIDE_OF_THE_WORKSPACE"
HARMLESS = "def weigh_parcels(parcels):\n    return sum(parcel.weight for parcel in parcels)\n"

_MODULES = "chromadb sitecustomize usercustomize semlens numpy torch tantivy psutil asyncio tokenizers evil"


class Trap:
    """Code and settings that would leave a file in `marks` if anything ran or followed them."""

    def __init__(self, root: Path, outside: Path, marks: Path) -> None:
        self.root = root
        self.outside = outside
        self.marks = marks

    @property
    def sprung(self) -> list[str]:
        return sorted(path.name for path in self.marks.iterdir())

    def set(self) -> None:
        for folder in (self.root, self.outside, self.marks):
            folder.mkdir()
        (self.outside / "treasure.py").write_text(f"{TREASURE} = 1\n")
        self._write("parcels.py", HARMLESS)
        self._code()
        self._settings()
        self._model()
        self._links()
        self._sizes()
        self._names()

    def mark(self, name: str) -> str:
        """Code that leaves a mark."""
        return f"open({str(self.marks / name)!r}, 'w').close()\n"

    def _write(self, path: str, text: str, executable: bool = False) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        if executable:
            target.chmod(0o755)

    def _code(self) -> None:
        """What Python, or a tool, imports or starts if it looks in the workspace."""
        for name in _MODULES.split():
            self._write(f"{name}.py", self.mark(name))
        for folder in (".venv/bin", "bin", "venv/bin"):
            for name in ("python", "python3", "git", "node"):
                self._write(f"{folder}/{name}", f"#!/bin/sh\ntouch {self.marks}/{name}\n", executable=True)
        self._write("venv/lib/python3/site-packages/trap.pth", f"import os; {self.mark('pth')}")
        self._write("pyproject.toml", "[tool.semlens]\nmodel = 'evil-model'\n")

    def _settings(self) -> None:
        """What Chroma, git, an editor or a library reads from where it stands."""
        chroma = "evil.Evil"
        variables = "CHROMA_API_IMPL CHROMA_SYSDB_IMPL CHROMA_PRODUCT_TELEMETRY_IMPL CHROMA_TELEMETRY_IMPL"
        lines = [f"{name}={chroma}\n{name.lower()}={chroma}\n" for name in variables.split()]
        server = (
            "CHROMA_SERVER_HOST=198.51.100.7\nCHROMA_SERVER_HTTP_PORT=80\nHF_ENDPOINT=http://198.51.100.7\n"
        )
        self._write(".env", "".join(lines) + server + "HF_HUB_OFFLINE=0\n")
        vscode = {
            "semlens.pythonPath": "${workspaceFolder}/.venv/bin/python",
            "semlens.model": "${workspaceFolder}/evil-model",
            "semlens.server": "http://198.51.100.7",
            "python.defaultInterpreterPath": "${workspaceFolder}/.venv/bin/python",
        }
        self._write(".vscode/settings.json", json.dumps(vscode))
        touch = f"touch {self.marks}/git"
        self._write(".git/HEAD", "ref: refs/heads/main\n")
        self._write(
            ".git/config", f"[core]\n\tfsmonitor = {touch}\n\tsshCommand = {touch}\n\tpager = {touch}\n"
        )
        self._write(".git/hooks/post-index-change", f"#!/bin/sh\n{touch}\n", executable=True)
        self._write(".gitignore", "*" * 40_000 + "b\n" + "[" * 5_000 + "\n")

    def _model(self) -> None:
        """A model's folder that brings its own code and a pickle."""
        modules = [{"idx": 0, "name": "0", "path": "", "type": "evil.Evil"}]
        self._write("evil-model/modules.json", json.dumps(modules))
        code = {"auto_map": {"AutoModel": "modeling_evil.Evil"}, "model_type": "evil", "hidden_size": 8}
        self._write("evil-model/config.json", json.dumps(code))
        self._write("evil-model/modeling_evil.py", self.mark("remote code"))
        self._write("evil-model/evil.py", self.mark("module"))
        pickled = b"cbuiltins\nexec\n(V" + self.mark("pickle").encode().strip() + b"\ntR."
        (self.root / "evil-model/pytorch_model.bin").write_bytes(pickled)

    def _links(self) -> None:
        for name, target in {
            "loop": ".",
            "around": "loop/around",
            "out": str(self.outside),
            "out.py": str(self.outside / "treasure.py"),
            "up.py": os.path.join("..", self.outside.name, "treasure.py"),
            "nowhere.py": "missing.py",
            "memory.py": "/proc/self/mem",
            "endless.py": "/dev/zero",
        }.items():
            os.symlink(target, self.root / name)
        os.mkfifo(self.root / "pipe.py")

    def _sizes(self) -> None:
        with (self.root / "vast.py").open("wb") as file:
            file.truncate(1 << 30)
        (self.root / "line.py").write_text("x = '" + "a" * 10_000_000 + "'\n")
        (self.root / "half_line.py").write_text("x = [" + "a, " * 150_000 + "]\n")
        self._write("nested.py", "(" * 60_000 + ")" * 60_000)
        self._write("nested.json", "[" * 60_000)
        self._write("/".join(["deep"] * 120).lstrip("/") + "/bottom.py", HARMLESS)

    def _names(self) -> None:
        (self.root / "invalid.py").write_bytes(
            b"def invalid():\n    return '" + bytes(range(128, 256)) + b"'\n"
        )
        for name in (
            "new\nline.py",
            "tab\t.py",
            "\x1b[31mred.py",
            'quote".py',
            "-rf.py",
            "..py",
            "a" * 200 + ".py",
        ):
            (self.root / name).write_text(HARMLESS.replace("weigh", f"weigh_{len(name)}"))
        (self.root / "new\nline.py").write_text("def crosses_the_line_end(rows):\n    return rows\n")
        for raw in (b"raw\xff\xfe.py", b"\xed\xa0\x80.py"):
            (self.root / os.fsdecode(raw)).write_text(HARMLESS)
