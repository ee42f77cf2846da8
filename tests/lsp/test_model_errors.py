"""What the user is told of a model that cannot be used."""

from __future__ import annotations

import pytest

from semlens.errors import FolderError, ModelError, NeedsFullError, SemlensError
from semlens.lsp.session.attachments import with_remedy
from semlens.settings import DEFAULT_MODEL, PLAIN_MODEL, Settings


@pytest.mark.parametrize(
    ("error", "model", "said"),
    [
        (ModelError("There is no model x."), "x", "Correct the setting semlens.model: there is no model x."),
        (ModelError("The model was changed."), DEFAULT_MODEL, "The model was changed."),
        (FolderError("There is no folder."), "x", "There is no folder."),
    ],
)
def test_a_setting_is_named_if_it_is_the_cause(error: SemlensError, model: str, said: str) -> None:
    assert str(with_remedy(error, Settings(model=model))) == said


def test_a_setting_is_right_if_its_model_only_waits_for_packages() -> None:
    error = NeedsFullError.of("The model")
    assert with_remedy(error, Settings(model=PLAIN_MODEL)) is error
