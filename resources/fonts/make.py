"""Makes the two fonts beside it: Inter for the Latin, Greek and Cyrillic scripts, Noto Sans SC for everything Chinese.

    python make.py SOURCES [FOLDER]

SOURCES holds, unpacked, the npm packages `@expo-google-fonts/inter` 0.4.2 and `@expo-google-fonts/noto-sans-sc` 0.4.3 (static
TrueType fonts) and, of Debian's `unicode-data` 15.0.0-1, the Unihan database's `Unihan_OtherMappings.txt.bz2`; FOLDER (this one) gets the
fonts. Needs fontTools 4.68. The same sources give the same bytes.
"""

import bz2
import hashlib
import re
import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

FAMILY = "Neuro Chart Sans"
VERSION = "1.000"
SOURCES = {
    "Inter_400Regular.ttf": "a414b48aa577ef2c62ebb135341ddeef33ee26a4f5dc9f787f93c1aab08ebb50",
    "Inter_600SemiBold.ttf": "f30e9d2574c3bec5144347ff965f9841c8f06857f0b7383000f8c9489a161841",
    "NotoSansSC_400Regular.ttf": "d45f67f0a7c0ca3f256950777ce6a61cc7ce5f9696d02900cbbaac25f8aa7d16",
    "NotoSansSC_600SemiBold.ttf": "b5eb7510dff58e0626c72c0861d83a3ed2be1d03047cf90a623682b8667bc5ff",
    "Unihan_OtherMappings.txt.bz2": "bdeef44d75d914e793b7f27ddc3bee01b2d11dd34f4e52de1a9fba74a1612dc2",
}
# Every character of the Chinese (GB 2312), Taiwanese and Hong Kong (Big5) and Japanese (JIS X 0208) basic sets, and of the official
# list of 2013 (Tongyong Guifan Hanzi), which has the rarer ones that people are named with.
HAN_SETS = ("kGB0", "kBigFive", "kJis0", "kTGH")
POINTS = "譩瘂"  # the rare ones in the names of points: 譩譆 (BL45), 瘂門 (GV15)
SYMBOLS = (range(0x2000, 0x2800), range(0x3000, 0x3130), range(0xFF00, 0xFFF0))  # punctuation to dingbats; kana, bopomofo; wide forms
# Without `calt`, which would show a typed -> as an arrow and 0.25x40 with a times sign: a record shows what was written.
FEATURES = ["ccmp", "locl", "mark", "mkmk", "kern", "case", "pnum"]
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def source(folder: Path, name: str) -> Path:
    """The source file of that name somewhere in `folder`; refuses one that is not the one these fonts were made from."""
    path = next(folder.rglob(name))
    if (digest := hashlib.sha256(path.read_bytes()).hexdigest()) != SOURCES[name]:
        sys.exit(f"{path} is another edition: {digest}")
    return path


def han(mappings: Path) -> set[int]:
    """The code points of `HAN_SETS`, read from the Unihan database, and those of `POINTS`."""
    lines = bz2.decompress(mappings.read_bytes()).decode()
    listed = re.findall(rf"^U\+(\w+)\t(?:{'|'.join(HAN_SETS)})\t", lines, re.MULTILINE)
    return {int(code, 16) for code in listed} | {ord(character) for character in POINTS}


def keep(font: TTFont, codes: set[int], features: list[str]) -> None:
    """Throw away of `font` what neither `codes` nor `features` need."""
    options = Options(layout_features=features, notdef_outline=True, glyph_names=True, name_IDs=["*"], drop_tables=["STAT"])
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)


def merge(latin: TTFont, chinese: TTFont, wanted: set[int]) -> dict[int, str]:
    """Put the `wanted` characters that `latin` lacks into it, and return its new character map."""
    codes = latin.getBestCmap()
    for digit, glyph in enumerate(DIGITS, ord("0")):
        codes[digit] = f"{glyph}.tf"  # figures of one width by default: ReportLab and style sheets cannot ask for `tnum`
    for table in latin["cmap"].tables:
        table.cmap = {code: codes[code] for code in table.cmap}
    keep(latin, set(codes), FEATURES)
    keep(chinese, wanted - set(codes), [])
    glyphs, taken = chinese["glyf"], latin.getGlyphOrder()
    added = {glyph: f"cjk.{glyph}" for glyph in chinese.getGlyphOrder() if glyph != ".notdef"}
    for glyph, name in added.items():
        if glyphs[glyph].isComposite():
            raise ValueError(f"{glyph} is made of other glyphs, whose names would have to change too")
        latin["glyf"].glyphs[name] = glyphs[glyph]
        latin["hmtx"][name] = chinese["hmtx"][glyph]
    latin.setGlyphOrder([*taken, *added.values()])
    latin["glyf"].setGlyphOrder(latin.getGlyphOrder())
    return codes | {code: added[glyph] for code, glyph in chinese.getBestCmap().items()}


def subtable(form: int, encoding: int, codes: dict[int, str]) -> CmapSubtable:
    """A character map of that format for Windows and whoever reads as it does."""
    table = CmapSubtable.newSubtable(form)
    table.platformID, table.platEncID, table.language, table.cmap = 3, encoding, 0, codes
    return table


def christen(font: TTFont, style: str, *, bold: bool) -> None:
    """Name `font`, which keeps its makers' copyright; neither reserved nor trade-marked names go on in its own.

    The heavier weight also answers as the family's bold, so that no platform files it under another family or smears it bolder.
    """
    names, old = font["name"], font["name"].getDebugName
    postscript = f"{FAMILY.replace(' ', '')}-{style}"
    kept = {9: old(9), 13: old(13), 14: old(14)}
    names.names = []
    for number, text in {
        0: "Copyright 2016 The Inter Project Authors (https://github.com/rsms/inter). "
        "Copyright 2014-2021 Adobe (http://www.adobe.com/), with Reserved Font Name 'Source'.",
        1: FAMILY,
        2: "Bold" if bold else "Regular",
        3: f"{VERSION};{postscript}",
        4: f"{FAMILY} {style}",
        5: f"Version {VERSION}",
        6: postscript,
        10: "Inter 4.001 and Noto Sans SC 2.004, merged, with figures of one width, for Neuro Chart.",
        16: FAMILY,
        17: style,
        **kept,
    }.items():
        names.setName(text, number, 3, 1, 0x409)
    os2, head = font["OS/2"], font["head"]
    os2.achVendID = "    "
    os2.fsSelection = os2.fsSelection & ~0b1100001 | (1 << 5 if bold else 1 << 6)
    head.macStyle = 1 if bold else 0
    head.fontRevision = float(VERSION)


def make(folder: Path, style: str, weight: int, characters: set[int], target: Path) -> None:
    """Write the font of one weight to `target`."""
    font = TTFont(source(folder, f"Inter_{weight}{style}.ttf"), recalcTimestamp=False)
    chinese = TTFont(source(folder, f"NotoSansSC_{weight}{style}.ttf"), recalcTimestamp=False)
    # Everything on Noto's thousand units an em: it loses Inter nothing that can be seen, and saves a quarter of the file.
    scale_upem(font, chinese["head"].unitsPerEm)
    codes = merge(font, chinese, characters)
    basic = {code: glyph for code, glyph in codes.items() if code < 0x10000}
    font["cmap"].tables = [subtable(4, 1, basic), subtable(12, 10, codes)]
    christen(font, style, bold=weight >= 600)
    os2, clip = font["OS/2"], chinese["OS/2"]
    os2.usWeightClass = weight
    os2.usWinAscent, os2.usWinDescent = max(os2.usWinAscent, clip.usWinAscent), max(os2.usWinDescent, clip.usWinDescent)
    os2.recalcUnicodeRanges(font)
    os2.recalcCodePageRanges(font)
    os2.recalcAvgCharWidth(font)
    font["post"].formatType = 3
    font.save(target)


def main() -> None:
    """Make both weights."""
    folder = Path(sys.argv[1])
    target = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parent
    characters = han(source(folder, "Unihan_OtherMappings.txt.bz2")).union(*SYMBOLS)
    for style, weight in (("Regular", 400), ("SemiBold", 600)):
        make(folder, style, weight, characters, target / f"NeuroChartSans-{style}.ttf")


if __name__ == "__main__":
    main()
