"""Through the screen: what is shown beside the search, in pages, views and documents."""

from __future__ import annotations

import pytest

from support import tiny_clip
from vscode.editor import Editor
from vscode.hovers import hovers

pytestmark = [pytest.mark.screen, pytest.mark.slow, pytest.mark.model, pytest.mark.timeout(600)]


def test_the_pages(editor: Editor) -> None:
    """Costs, tokens, comparison, results, filters, a team, unsaved edits; search editors; agents; images."""
    profile = editor.workspace.parent / "profile"
    settings = str(profile / "data" / "Machine" / "settings.json")
    tiny_clip.save(profile.with_name("tiny-clip"))
    editor.run("everyday", hovers=hovers(editor.workspace), settings=settings)
