"""The extension of `agentExtension.ts` as a file that VS Code installs."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from vscode.editor import REPOSITORY

BUILT = REPOSITORY / "build" / "vscode-tests" / "agentExtension.js"

MANIFEST = {
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
PACKAGE = """<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
<Metadata><Identity Language="en-US" Id="agent-test" Version="0.0.1" Publisher="semlens"/>
<DisplayName>Agent Test</DisplayName><Description>Calls tools</Description></Metadata>
<Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation><Dependencies/>
<Assets><Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json"/></Assets>
</PackageManifest>"""


def package(target: Path) -> Path:
    """Write the extension, which esbuild has built, to `target`."""
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("extension.vsixmanifest", PACKAGE)
        packed.writestr("extension/package.json", json.dumps(MANIFEST))
        packed.write(BUILT, "extension/agentExtension.js")
    return target
