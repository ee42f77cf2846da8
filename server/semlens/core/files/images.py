"""Which files are images that an editor shows, by their names and their first bytes."""

from __future__ import annotations

import re
from typing import Final

from semlens.core.files.not_source import extension_of

IMAGE: Final = "image"
"""What stands for the language of an image."""

IMAGE_EXTENSIONS: Final = frozenset({
    "png", "jpg", "jpeg", "jpe", "gif", "bmp", "ico", "webp", "avif", "svg",
})  # fmt: skip
"""The extensions of what the editor's image viewer shows, in lower case and without the dot."""

SIGNATURE_BYTES: Final = 32
"""As many bytes of a file tell whether it is an image of pixels."""

NOT_AN_IMAGE: Final = "is no image, whatever its name says"

_SIGNATURE: Final = re.compile(
    rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|BM|\x00\x00[\x01\x02]\x00"
    rb"|RIFF.{4}WEBP|.{4}ftyp(?:avi[fs]|mif1|msf1|heic)",
    re.DOTALL,
)
"""PNG, JPEG, GIF, BMP, ICO, WebP, AVIF. The name may say another of them: viewers look at the bytes."""


def has_image_name(name: str) -> bool:
    """Whether a file of this name is an image, as far as its name says."""
    return extension_of(name) in IMAGE_EXTENSIONS


def is_svg(name: str) -> bool:
    """Whether a file of this name is an image of shapes and text, in XML."""
    return extension_of(name) == "svg"


def begins_as_image(head: bytes) -> bool:
    """Whether the first bytes of a file are those of an image of pixels."""
    return _SIGNATURE.match(head) is not None
