"""Every text of the editor is translated: nothing is missed in code, in the manifest or in a language."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from setup import chromium

CODE = """
import { counted, t } from './text/words';
show({ label: 'Missed label', icon: 'search', description: t('Open {0}', name) });
button.title = 'hidden';
element.setAttribute('aria-label', `Near ${name} here`);
log.info('Nobody reads this');
make('p', 'two classes');
void window.showErrorMessage(`${count} files gone`);
say(counted(n, '{0} hit', '{0} hits'), t(wide ? 'Wide' : 'Narrow'), `Semlens: ${t('Ready')}`);
if (text === 'Not shown either' || text.startsWith('No words')) {}
"""
ENGLISH = ["Open {0}", "{0} hit", "{0} hits", "Wide", "Narrow", "Ready"]
GERMAN = {
    "Open {0}": "{1} öffnen",
    "{0} hit": "{0} Treffer",
    "{0} hits": "{0} Treffer",
    "Wide": "Breit",
    "Narrow": "Narrow",
    "Old": "Alt",
}
CHINESE = {
    "Open {0}": "打开 {0}",
    "{0} hit": "{0} 个结果",
    "{0} hits": "{0} 个结果",
    "Wide": "宽",
    "Narrow": "窄",
    "Ready": "就绪",
}
MANIFEST = {
    "name": "semlens",
    "displayName": "Semlens",
    "description": "%about%",
    "contributes": {
        "commands": [{"command": "semlens.a", "title": "Show All", "category": "Semlens"}],
        "configuration": {
            "properties": {"semlens.a": {"markdownDescription": "%a%", "enumDescriptions": ["One."]}}
        },
        "languageModelTools": [
            {"name": "semlens_a", "modelDescription": "For models.", "displayName": "%gone%"}
        ],
    },
}
NLS = {
    "": {"about": "About [it](command:a).", "a": "Uses `x`.", "old": "Old."},
    ".de": {"about": "Darüber [dies](command:b).", "a": "Nutzt `y`.", "old": "Alt."},
    ".zh-cn": {"about": "关于[它](command:a)。", "old": "旧。"},
}
PROBLEMS = """
a.ts:3: not translated: "Missed label"
a.ts:4: not translated: "hidden"
a.ts:5: not translated: "Near {} here"
a.ts:8: not translated: "{} files gone"
l10n/bundle.l10n.de.json: missing: "Ready"
l10n/bundle.l10n.de.json: left over: "Old"
l10n/bundle.l10n.de.json: other placeholders: "Open {0}"
l10n/bundle.l10n.de.json: not translated: "Narrow"
package.json: not translated: contributes.commands.title: "Show All"
package.json: not translated: contributes.configuration.properties.semlens.a.enumDescriptions: "One."
package.nls.json: missing: "gone"
package.nls.json: left over: "old"
package.nls.de.json: other placeholders: "about"
package.nls.de.json: other placeholders: "a"
package.nls.zh-cn.json: missing: "a"
"""


@pytest.fixture(scope="module")
def node(repository: Path) -> str:
    found = shutil.which("node")
    if found is None or not (repository / "node_modules" / "typescript").is_dir():
        assert not chromium.must_run(), "the extension's tests must run under CI: run scripts/setup first"
        pytest.skip("Node.js or the npm packages are missing")
    return found


@pytest.mark.slow
def test_no_text_of_the_editor_is_missed(repository: Path, node: str) -> None:
    assert problems(node, repository, ".") == []


@pytest.mark.slow
def test_what_is_missed_is_named(tmp_path: Path, repository: Path, node: str) -> None:
    source = tmp_path / "extension" / "src" / "a.ts"
    source.parent.mkdir(parents=True)
    source.write_text(CODE, encoding="utf-8")
    write(tmp_path / "package.json", MANIFEST)
    for language, table in NLS.items():
        write(tmp_path / f"package.nls{language}.json", table)
    for language, words in (
        ("", dict(zip(ENGLISH, ENGLISH, strict=True))),
        (".de", GERMAN),
        (".zh-cn", CHINESE),
    ):
        write(tmp_path / "l10n" / f"bundle.l10n{language}.json", words)
    assert set(problems(node, repository, str(tmp_path))) == set(PROBLEMS.split("\n")[1:-1])


def problems(node: str, repository: Path, root: str) -> list[str]:
    command = [node, "words.mjs", "--check", root]
    done = subprocess.run(
        command, cwd=repository, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False
    )
    assert done.stderr == ""
    found = [line for line in done.stdout.splitlines() if line]
    assert done.returncode == (1 if found else 0)
    return found


def write(file: Path, content: object) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
