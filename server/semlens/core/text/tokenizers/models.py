"""What is publicly documented of the models behind the known tokenizers. Imports no tokenizer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What a model makes of a text beyond the text's own tokens."""

    special: int = 0
    """The special tokens that the model adds around one text, such as `<s>`."""
    window: int | None = None
    """The most tokens that the model reads at once, with special tokens; None where there is no model."""
    model: str = ""
    """The model that has this window, where models with different windows share the tokenizer."""


FACTS: Final = {
    "o200k_base": ModelFacts(0, 128_000, "GPT-4o"),
    "cl100k_base": ModelFacts(0, 8_192, "GPT-4"),
    "word": ModelFacts(),
    "character": ModelFacts(),
    "deepseek": ModelFacts(1, 128_000, "DeepSeek V3"),
    "llama3": ModelFacts(1, 131_072, "Llama 3.1"),
    "mistral": ModelFacts(1, 32_768, "Mistral 7B"),
    "qwen2": ModelFacts(0, 32_768, "Qwen 2.5"),
    "qwen3.5": ModelFacts(0, 262_144, "Qwen 3.5"),
    "xlm-r": ModelFacts(2, 512, ""),
}
"""By the tokenizer's name. What a chat adds to each message is its protocol's, and is not in here."""
