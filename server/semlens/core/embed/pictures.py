"""The pixels of an image, from bytes that anybody may have made. It runs in a model's process alone."""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import Any, Final

from semlens.core.embed.full_packages import find_package
from semlens.errors import ModelError

MOST_PIXELS: Final = 64_000_000
"""Of an image that is decoded: as many take 256 MB, and no screenshot has more."""

_FORMATS: Final = ("PNG", "JPEG", "GIF", "BMP", "ICO", "WEBP", "AVIF")
"""Those that are indexed: each other decoder would be one more to trust."""


class UnreadablePictureError(Exception):
    """The bytes are no image that can be decoded, or one with too many pixels."""


def require_pictures(python: str) -> None:
    """Raise `ModelError` if nothing here decodes images.

    :param python: the interpreter that lacks it, for the sentence
    """
    if find_package("PIL") is None:
        raise ModelError(f'Pillow, which reads images, is not there: run "{python}" -m pip install pillow.')


def read_picture(data: bytes) -> Any:
    """The first picture in an image, as Pillow's, in RGB; what is transparent is white.

    :raises UnreadablePictureError: also if the decoder fails in a way of its own
    """
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS  # For pictures inside of others, as in ICO.
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=_FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise UnreadablePictureError(f"it has {image.width} x {image.height} pixels")
                if not image.has_transparency_data:
                    return image.convert("RGB")
                seen = image.convert("RGBA")
                white = Image.new("RGBA", seen.size, "white")
                return Image.alpha_composite(white, seen).convert("RGB")
    except UnreadablePictureError:
        raise
    except Exception as error:  # Decoders raise whatever they like.
        raise UnreadablePictureError(str(error)) from error
