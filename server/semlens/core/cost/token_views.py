"""A text as some tokenizers cut it, in the values that an editor draws."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from semlens.core.cost.requests import CutAnswer
from semlens.core.cost.requests import CutText as Asked
from semlens.core.cost.text import TextCosts
from semlens.core.text.tokenizers.lesson import lesson
from semlens.core.text.tokenizers.view import CutText, as_text, differing, is_partial
from semlens.errors import SemlensError
from semlens.protocol.editor import NamedTokenizer, TokenName, TokenView

_NO_ID = -1


def token_views(costs: TextCosts, asked: Asked) -> CutAnswer:
    """Cut a text by each of the tokenizers asked for. One that cannot be had says why in its view."""
    cuts = [_cut(costs, asked, name) for name in asked.tokenizers]
    places = _utf16_places(asked.text)
    views = []
    for name, cut in zip(asked.tokenizers, cuts, strict=True):
        if isinstance(cut, SemlensError):
            views.append(_failed(name, str(cut)))
            continue
        others = [other for other in cuts if isinstance(other, CutText) and other is not cut]
        views.append(_view(cut, places, differing(cut, others[0]) if others else []))
    choices = [
        NamedTokenizer(one.name, one.models, one.here, one.megabytes) for one in costs.choices(asked.model)
    ]
    return CutAnswer(views, choices)


def _cut(costs: TextCosts, asked: Asked, name: str) -> CutText | SemlensError:
    try:
        return CutText.by(costs.tokenizer(name, asked.model), asked.text)
    except SemlensError as error:
        return error


def _view(cut: CutText, places: Sequence[int], differs: list[int]) -> TokenView:
    special = cut.tokenizer.special
    names = cut.names() | {id_: cut.tokenizer.written(id_) for id_ in (*special.before, *special.after)}
    return TokenView(
        tokenizer=cut.tokenizer.name,
        strategy=cut.tokenizer.strategy.value,
        vocabulary=cut.tokenizer.vocabulary,
        tokens=len(cut.tokens),
        starts=[places[piece.start] for piece in cut.pieces],
        counts=[len(piece.tokens) for piece in cut.pieces],
        ids=[_NO_ID if token.id is None else token.id for piece in cut.pieces for token in piece.tokens],
        names=[TokenName(id_, as_text(name), is_partial(name)) for id_, name in names.items()],
        special=cut.specials(),
        differs=differs,
        before=list(special.before),
        after=list(special.after),
        lesson=lesson(cut),
    )


def _failed(name: str, problem: str) -> TokenView:
    return TokenView(name, "", None, 0, [], [], [], [], [], [], [], [], "", problem)


def _utf16_places(text: str) -> Sequence[int]:
    """Where each character of `text` begins, and where it ends, in UTF-16 units."""
    if text.isascii():
        return range(len(text) + 1)
    return list(accumulate((1 + (character > "\uffff") for character in text), initial=0))
