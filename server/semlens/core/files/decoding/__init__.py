"""The text of a file's bytes: marked, UTF-8, declared somewhere, or detected."""

from semlens.core.files.decoding.decode import DECODING_VERSION, Decoded, decode

__all__ = ["DECODING_VERSION", "Decoded", "decode"]
