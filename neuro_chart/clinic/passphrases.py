"""How well a passphrase would hold."""

import math

_COMMON = ("password", "passphrase", "passwort", "qwerty", "letmein", "welcome", "acupuncture", "neuro", "clinic", "123456", "abc123")
_WORDS = (
    "Empty: nothing would protect the chart.",
    "Weak: it would be guessed in hours. Add words.",
    "Fair: one or two more words would make it hold.",
    "Good.",
    "Strong.",
)


def strength(passphrase: str) -> tuple[int, str]:
    """A score from 0 (empty) to 4 (strong) and a sentence for it.

    An estimate, not a proof: each distinct character counts for its alphabet, common words and repetitions for little.
    """
    text = passphrase.strip()
    if not text:
        return 0, _WORDS[0]
    plain = text.casefold()
    for common in _COMMON:
        plain = plain.replace(common, common[0])
    alphabet = 26 + 10 * any(c.isdigit() for c in text) + 26 * (text != text.casefold()) + 20 * any(not c.isalnum() for c in text)
    distinct = len(set(plain)) + (len(plain) - len(set(plain))) / 2
    bits = distinct * math.log2(alphabet) * 0.75
    score = 1 + (bits >= 36) + (bits >= 52) + (bits >= 70)
    return score, _WORDS[score]
