"""The words, numbers and marks of the shorthand, and how a line is cut into them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from neuro_chart.clinic.adjuncts import CUPPING, ELECTRO, GUA_SHA, LAMP, MOXA, PRESS, SEEDS, TUINA
from neuro_chart.clinic.needles import NO_RETENTION, Angle, Technique
from neuro_chart.clinic.shorthand.prescription import Said
from neuro_chart.clinic.text import fold

# each as it is spelt without spaces, marks and accents
SIDES: Mapping[str, str] = {
    **dict.fromkeys(("l", "lt", "left", "leftside", "左", "左侧", "左側"), "left"),
    **dict.fromkeys(("r", "rt", "right", "rightside", "右", "右侧", "右側"), "right"),
    **dict.fromkeys(("b", "bi", "bil", "bilat", "bilateral", "bilaterally", "both", "bothsides"), "both"),
    **dict.fromkeys(("双", "双侧", "雙", "雙側", "双側", "両側"), "both"),
    **dict.fromkeys(("contra", "contralateral", "contralaterally", "健侧", "健側", "对侧", "對側"), "contra"),
    **dict.fromkeys(("ipsi", "ipsilateral", "ipsilaterally", "aff", "affected", "affectedside", "患侧", "患側"), "ipsi"),
}
SAID: Mapping[str, Said] = {
    **dict.fromkeys(("noretention", "withoutretention", "notretained", "inandout", "不留针", "不留針"), Said(minutes=NO_RETENTION)),
    **dict.fromkeys(("dq", "deqi", "得气", "得氣"), Said(de_qi=True)),
    **dict.fromkeys(("nodq", "nodeqi", "withoutdeqi"), Said(de_qi=False)),
    **dict.fromkeys(("tonify", "reinforcingmethod", "reinforcingtechnique", "补", "補", "补法", "補法"), Said(technique=Technique.TONIFY)),
    **dict.fromkeys(("drain", "reducingmethod", "reducingtechnique", "泻", "瀉", "泻法", "瀉法"), Said(technique=Technique.DRAIN)),
    **dict.fromkeys(("even", "evenmethod", "eventechnique", "平补平泻", "平補平瀉"), Said(technique=Technique.EVEN)),
    **dict.fromkeys(("perpendicular", "perpendicularly", "perp", "直刺"), Said(angle=Angle.PERPENDICULAR)),
    **dict.fromkeys(("oblique", "obliquely", "斜刺"), Said(angle=Angle.OBLIQUE)),
    **dict.fromkeys(("transverse", "transversely", "平刺"), Said(angle=Angle.TRANSVERSE)),
}
MARKED = {"+": Technique.TONIFY, "-": Technique.DRAIN, "=": Technique.EVEN}
# the kind, and the method where the word says it
ADJUNCTS: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("ea", "estim", "electroacupuncture", "electrostimulation", "电针", "電針"), (ELECTRO, "")),
    **dict.fromkeys(("moxa", "moxibustion", "灸", "艾灸"), (MOXA, "")),
    **dict.fromkeys(("warmneedle", "warmneedling", "温针", "温针灸", "溫針", "溫針灸"), (MOXA, "warm needle")),
    **dict.fromkeys(("cup", "cups", "cupping", "拔罐"), (CUPPING, "")),
    **dict.fromkeys(("lamp", "heatlamp", "tdp"), (LAMP, "")),
    **dict.fromkeys(("guasha", "刮痧"), (GUA_SHA, "")),
    **dict.fromkeys(("tuina", "推拿"), (TUINA, "")),
    **dict.fromkeys(("pressneedle", "pressneedles"), (PRESS, "")),
    **dict.fromkeys(("seed", "seeds", "earseeds"), (SEEDS, "")),
}
ALL = frozenset(("all", "each", "allneedles", "allpoints", "全部"))
RANGE = frozenset(("to", "through", "至", "到"))
# what people write around points and what means nothing by itself
FILLERS = frozenset(
    (
        *("a", "an", "and", "at", "for", "in", "of", "on", "the", "to", "through", "using", "used", "was", "were", "with", "plus"),
        *("point", "points", "acupoint", "acupoints", "needle", "needles", "needled", "retained", "insertion", "method", "side"),
        *("和", "与", "與", "及", "取", "取穴", "穴", "穴位", "主穴", "配穴", "针刺", "針刺", "留针", "留針"),
    )
)
BEGINNINGS = frozenset(word[:end] for word in (*SIDES, *SAID, *ADJUNCTS, *ALL, *FILLERS) for end in range(1, len(word) + 1))
LONGEST = 7  # pieces of one name or word, marks among them: `L.I.-11`, `Medial Eye of the Knee`

_DASHES = dict.fromkeys("‐‑﹣", "-") | dict.fromkeys("‒–—―−⸺⁃﹘", "–") | dict.fromkeys("~〜～∼", "~")
_DOTS = dict.fromkeys("·・･·•‧∙⋅●◦▪⸱", "·")
_OTHERS = {"、": ",", "。": ".", "′": "'", "’": "'", "‘": "'", "ʼ": "'", "ʹ": "'", "´": "'", "`": "'", "∗": "*"} | dict.fromkeys(
    "×✕✖⨯╳", "×"
)
_BRACKETS = dict.fromkeys("【〔「『〖", "(") | dict.fromkeys("】〕」』〗", ")")
_BLANKS = dict.fromkeys("\u00a0\u3000\u202f\u205f\u00ad\u200b\u200c\u200d\u2060\ufeff" + "".join(map(chr, range(0x2000, 0x200B))), " ")
_WIDE = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_PLAIN = str.maketrans(_WIDE | _DASHES | _DOTS | _OTHERS | _BRACKETS | _BLANKS)

_LETTER = r"[^\W\d_\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
_PIECE = re.compile(
    rf"(?P<name>@[\w-]+)|(?P<number>[0-9]+(?:\.[0-9]+)?|(?<![\w.])\.[0-9]+)"
    rf"|(?P<word>{_LETTER}(?:{_LETTER}|[\u0300-\u036f]|'(?={_LETTER}))*)|(?P<han>[\u3005\u3400-\u9fff\uf900-\ufaff])|(?P<mark>\n|[^\s])"
)
_N = r"(\d{1,6}(?:\.\d{1,6})?|\.\d{1,6})"
_TO = rf"{_N}(?:\s*(?:-|–|~|to|至)\s*{_N})?\s*"
GAUGE = re.compile(rf"(?:(0?\.\d+|1\.0)\s*(?:mm)?\s*[x×*]\s*{_N}|{_N}\s*(?:mm)?\s*[x×*]\s*(0?\.\d+))(?:\s*mm)?(?![a-z0-9.])", re.ASCII)
DEPTH = re.compile(rf"{_TO}-?(cun|c|mm|cm|寸|毫米|厘米)(?!-?[a-z])", re.ASCII)
MINUTES = re.compile(rf"{_TO}-?(?:minutes?|mins?|m|分钟|分鐘|分|')(?!-?[a-z]|')", re.ASCII)
FREQUENCY = re.compile(
    rf"[\s,:(]*(?:at\s)?\s*{_N}(?:\s*[/–~-]\s*{_N})?\s*hz(?![a-z])|"
    rf"\s*{_N}(?:\s*[/–~-]\s*{_N})?(?![a-z0-9./–~-]|\s*(?:c|cun|mm|m|min|mins|minutes?|x|×)\b|')",
    re.ASCII,
)
HERTZ = re.compile(rf"{_N}(?:\s*[/–~-]\s*{_N})?\s*hz", re.ASCII)
ADJUNCT_MINUTES = re.compile(rf"\s*{MINUTES.pattern}", re.ASCII)
DEPTH_UNITS = dict.fromkeys(("c", "cun", "寸"), ("cun", 1)) | dict.fromkeys(("mm", "毫米"), ("mm", 1))
DEPTH_UNITS |= dict.fromkeys(("cm", "厘米"), ("mm", 10))
TIMES = re.compile(r"[x×*]\s*(\d{1,6})(?![\d.a-z'])", re.ASCII)


@dataclass(frozen=True)
class Piece:
    """A stretch of a line: a `word`, a single `han` character, a `number`, a `mark` or a `name` after @; `key` is its folded text."""

    kind: str
    start: int
    end: int
    key: str


def plain(text: str) -> str:
    """The text in small letters, of the same length, with every kind of dash, dot, comma, prime and bracket written in one way."""
    return "".join(low if len(low := c.lower()) == 1 else c for c in text.translate(_PLAIN))


def cut(text: str) -> list[Piece]:
    """The pieces of a plain text in order. What lies between them is blank."""
    return [
        Piece(str(found.lastgroup), found.start(), found.end(), fold(found[0]).replace("'", "") if found.lastgroup == "word" else found[0])
        for found in _PIECE.finditer(text)
    ]
