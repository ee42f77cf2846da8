"""Write the tables of settings in README.md from package.json and its English texts, in the same order.

With `--check` it only fails if the table is out of date.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "package.json"
TEXTS = ROOT / "package.nls.json"
README = ROOT / "README.md"
BEGIN = "<!-- settings: begin -->"
END = "<!-- settings: end -->"


def generate(readme: str, manifest: str, texts: dict[str, str]) -> str:
    """The text of README.md with the settings of `manifest` between the two marks.

    :param texts: By keys, which the manifest has between percent signs.
    """
    before, rest = readme.split(BEGIN, 1)
    _, after = rest.split(END, 1)
    groups = json.loads(manifest)["contributes"]["configuration"]
    return f"{before}{BEGIN}\n{''.join(_table(group, texts) for group in groups)}{END}{after}"


def main(arguments: list[str]) -> int:
    readme = README.read_text(encoding="utf-8")
    texts = json.loads(TEXTS.read_text(encoding="utf-8"))
    wanted = generate(readme, MANIFEST.read_text(encoding="utf-8"), texts)
    if "--check" not in arguments:
        README.write_text(wanted, encoding="utf-8", newline="\n")
        return 0
    if readme == wanted:
        return 0
    print("The settings in README.md are out of date: run scripts/generate_settings.py.", file=sys.stderr)
    return 1


def _table(group: dict[str, Any], texts: dict[str, str]) -> str:
    rows = [
        f"| `{name}` | {_default(setting)} | {_description(setting, texts)} |"
        for name, setting in group["properties"].items()
    ]
    title = f"**{texts[group['title'].strip('%')]}**"
    return "\n".join([title, "", "| setting | default | what it does |", "|---|---|---|", *rows, "", ""])


def _default(setting: dict[str, Any]) -> str:
    return f"`{json.dumps(setting['default'])}`"


def _description(setting: dict[str, Any], texts: dict[str, str]) -> str:
    # In the editor, `#files.exclude#` is a link to that setting.
    text = re.sub(r"`#([\w.]+)#`", r"`\1`", texts[setting["markdownDescription"].strip("%")])
    meanings = [texts[key.strip("%")] for key in setting.get("enumDescriptions", ())]
    choices = zip(setting.get("enum", ()), meanings, strict=True)
    text += "".join(f" `{value}`: {meaning[0].lower()}{meaning[1:]}" for value, meaning in choices)
    if setting["scope"] == "machine":
        text += " A workspace cannot set it."
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
