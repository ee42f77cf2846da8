"""Through the screen: the map of the code, and the pages and views about models."""

from __future__ import annotations

import pytest

from vscode.editor import Editor

pytestmark = [pytest.mark.screen, pytest.mark.slow, pytest.mark.model, pytest.mark.timeout(600)]


def test_the_map_and_the_models(editor: Editor) -> None:
    """The semantic map; the playground, training, the models view."""
    editor.run("models")
