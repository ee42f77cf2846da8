"""Names of encodings, as files and editors write them, and the codec that reads each."""

from __future__ import annotations

from collections.abc import Mapping
from encodings.aliases import aliases
from functools import cache
from typing import Final

_CODECS: Final = frozenset(
    "utf_8 utf_8_sig utf_16 utf_16_le utf_16_be utf_32 utf_32_le utf_32_be latin_1 ascii iso8859_2 iso8859_3"
    " iso8859_4 iso8859_5 iso8859_6 iso8859_7 iso8859_8 iso8859_9 iso8859_10 iso8859_11 iso8859_13 iso8859_14"
    " iso8859_15 iso8859_16 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp437 cp720 cp737"
    " cp775 cp850 cp852 cp855 cp857 cp858 cp860 cp861 cp862 cp863 cp864 cp865 cp866 cp869 cp874 cp1125 koi8_r"
    " koi8_t koi8_u kz1048 mac_croatian mac_cyrillic mac_greek mac_iceland mac_latin2 mac_roman mac_romanian"
    " mac_turkish ptcp154 hp_roman8 tis_620 shift_jis cp932 shift_jis_2004 shift_jisx0213 euc_jp euc_jis_2004"
    " euc_jisx0213 iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_jp_3 iso2022_jp_2004 iso2022_jp_ext gb2312"
    " gbk gb18030 hz big5 big5hkscs cp950 euc_kr cp949 johab iso2022_kr".split()
)
"""Encodings of text. Python has codecs that are none, such as `zlib`."""

_WIDER: Final[Mapping[str, tuple[str, ...]]] = {
    "ascii": ("cp1252", "latin_1"),
    "latin_1": ("cp1252", "latin_1"),
    "iso8859_9": ("cp1254", "iso8859_9"),
    "iso8859_11": ("cp874",),
    "tis_620": ("cp874",),
    "shift_jis": ("cp932", "shift_jis_2004"),
    "gb2312": ("gb18030",),
    "gbk": ("gb18030",),
    "euc_kr": ("cp949",),
    "big5": ("big5hkscs", "cp950"),
    "cp950": ("big5hkscs", "cp950"),
}
"""What is written under a name in practice, as browsers read it."""

_OTHER_NAMES: Final[Mapping[str, str]] = {
    "sjis": "shift_jis",
    "xsjis": "shift_jis",
    "windows31j": "cp932",
    "xeucjp": "euc_jp",
    "jis": "iso2022_jp",
    "big5hk": "big5hkscs",
    "ansinew": "cp1252",
    "applemac": "mac_roman",
    "utf8bom": "utf_8_sig",
}


def codecs_named(name: str) -> tuple[str, ...]:
    """The codecs to try for an encoding's name, the best first; none for a name that is not known.

    Case, dashes and underscores do not matter: `Windows-1251`, `windows1251` and `cp1251` are one.
    """
    codec = _codecs().get(_bare(name), "")
    return _WIDER.get(codec, (codec,) if codec else ())


def _bare(name: str) -> str:
    return "".join(mark for mark in name.lower() if mark.isalnum())


@cache
def _codecs() -> dict[str, str]:
    """Bare name → codec."""
    known = {_bare(alias): codec for alias, codec in aliases.items() if codec in _CODECS}
    return {**{_bare(codec): codec for codec in _CODECS}, **known, **_OTHER_NAMES}
