"""The extensions of `agentExtension.ts` and `activationClock.ts` as files that VS Code installs."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

from vscode.editor import REPOSITORY

BUILT = REPOSITORY / "build" / "vscode-tests"

AGENT: dict[str, Any] = {
    "name": "agent-test",
    "publisher": "semlens",
    "version": "0.0.1",
    "engines": {"vscode": "^1.91.0"},
    "main": "./agentExtension.js",
    "activationEvents": ["onStartupFinished"],
    "extensionKind": ["workspace"],
    "contributes": {
        "commands": [
            {"command": "agentTest.call", "title": "Call the Tools", "category": "Agent Test"},
            {"command": "agentTest.keepAsking", "title": "Keep Asking", "category": "Agent Test"},
        ]
    },
}
CLOCK = {
    **AGENT,
    "name": "activation-clock",
    "main": "./activationClock.js",
    "activationEvents": ["*"],
    "contributes": {},
}
PACKAGE = """<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
<Metadata><Identity Language="en-US" Id="{name}" Version="0.0.1" Publisher="semlens"/>
<DisplayName>{name}</DisplayName><Description>For tests</Description></Metadata>
<Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation><Dependencies/>
<Assets><Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json"/></Assets>
</PackageManifest>"""


def package(target: Path, manifest: dict[str, Any] = AGENT) -> Path:
    """Write the extension, which esbuild has built, to `target`."""
    main = Path(manifest["main"]).name
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("extension.vsixmanifest", PACKAGE.format(name=manifest["name"]))
        packed.writestr("extension/package.json", json.dumps(manifest))
        packed.write(BUILT / main, f"extension/{main}")
    return target
