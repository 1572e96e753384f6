"""Text made comparable, so that a search finds what a person means."""

import unicodedata

_ALSO = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})


def fold(text: str) -> str:
    """The text without case, accents, width or surplus spaces: `Zúsānlǐ` and `zusanli` fold alike."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(bare.casefold().translate(_ALSO).split())


def clean(text: str) -> str:
    """The text as it is stored: composed (NFC), newlines as line ends, without what no store or paper holds (NUL, lone surrogates)."""
    whole = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return unicodedata.normalize("NFC", "".join(c for c in whole if not "\ud800" <= c <= "\udfff"))
