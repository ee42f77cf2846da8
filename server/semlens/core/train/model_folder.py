"""The finished model: an ordinary sentence-transformers folder with a card that says what it is.

An instant model's folder is two things: Semlens's own files, and those of a sentence-transformers
`StaticEmbedding`, which has the same vectors for each token.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from semlens import __version__
from semlens.core.bench.statistics import Estimate
from semlens.core.embed.static_model import CARD, ROWS, SCALES, save
from semlens.core.train.plan import Outcome, Plan
from semlens.private_files import write_private

_README = "README.md"
_STATIC_MODULE = "sentence_transformers.models.StaticEmbedding"


def write_static(folder: Path, table: NDArray[np.float32], tokenizer: Tokenizer, base: Path) -> None:
    """Write an instant model with the rows of `table`, shape (tokens, dim), trained from the one in `base`.

    Raises `OSError` and `ValueError`.
    """
    from safetensors.numpy import save_file

    earlier = json.loads((base / CARD).read_text("utf-8"))
    card = {name: earlier[name] for name in ("name", "license", "source") if name in earlier}
    card["name"] = folder.name
    card["trained_from"] = earlier.get("name", base.name)
    save(folder, table, tokenizer, card)
    rows = np.load(folder / ROWS, allow_pickle=False).astype(np.float32)
    vectors = rows * np.load(folder / SCALES, allow_pickle=False)[:, None]
    save_file({"embedding.weight": vectors}, folder / "model.safetensors", {"format": "pt"})
    modules = [{"idx": 0, "name": "0", "path": "", "type": _STATIC_MODULE}]
    (folder / "modules.json").write_text(json.dumps(modules, indent=2) + "\n", "utf-8", newline="\n")


def write_card(folder: Path, plan: Plan, outcome: Outcome, licence: str) -> None:
    """Write README.md: base, data, figures, licence. Raises `StorageError`."""
    write_private(folder / _README, card_of(plan, outcome, licence).encode())


def card_of(plan: Plan, outcome: Outcome, licence: str) -> str:
    """The card, with the front matter of the Hugging Face hub."""
    counts, reached = outcome.counts, outcome.reached
    head = ["library_name: sentence-transformers", "pipeline_tag: sentence-similarity"]
    if licence:
        head.append(f"license: {licence.lower()}")
    static = (
        "\nIn Semlens it is used for the instant tier, which reads a camelCase name in parts and whole; "
        "sentence-transformers reads it whole, so its vectors differ there.\n"
        if plan.kind == "instant"
        else ""
    )
    lines = "\n".join(head)
    sources = f"{counts.docstring:,} of docstrings, {counts.name:,} of names, {counts.history:,} of commits"
    learning = f"{reached.step:,} steps, {reached.seconds:,.0f} s, {outcome.device}"
    return f"""---
{lines}
---

# {plan.name}

{plan.base}, trained further by Semlens {__version__} on the code of the folder {Path(plan.root).name}.
{static}
| | |
|---|---|
| base | {plan.base} |
| pairs | {sources}, from {counts.files:,} files |
| left out | {counts.copies:,} pairs, as near copies of held-back code |
| loss | InfoNCE, with the other pairs of a batch as wrong answers (MultipleNegativesRankingLoss) |
| learning | {learning}; the weights are those after {reached.best:,} steps |

## Held back

{outcome.questions:,} questions of files that taught nothing, among {outcome.texts:,} pieces of code, by
cosine alone. In brackets: 95 % of what other questions like these would give.

| | before | after |
|---|---|---|
| MRR | {_shown(outcome.before)} | {_shown(outcome.after)} |
| recall@5 | {outcome.recall_before:.3f} | {outcome.recall_after:.3f} |

Gain in MRR: {outcome.gain.mean:+.3f} ({outcome.gain.low:+.3f} to {outcome.gain.high:+.3f}).
Figures of one folder say nothing of another.

## Licence

The base is under {licence or "a licence that its files do not name"}. The model has learned from the folder's
code: before you give it away, see whether the code's own licence and owner allow that.
"""


def _shown(found: Estimate) -> str:
    return f"{found.mean:.3f} ({found.low:.3f} to {found.high:.3f})"
