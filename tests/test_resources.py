import io
import re
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QFontMetricsF, QIcon, QRawFont
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from neuro_chart.resources import ROOT, resource

pytestmark = pytest.mark.usefixtures("qapp")


FONTS = sorted(resource("fonts").glob("*.ttf"))
LINE_ICONS = sorted(set(resource("icons").glob("*.svg")) - {resource("icons", "neuro-chart.svg")})
SIGNS = (
    "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüĀÁǍÀ ăâđêôơưạảấầẩẫậỹ ΑΩαω ЖжЁё ąćłńśźż çñøßş 足三里 三陰交 三阴交 臺灣體 祎镕堃 すしカタ （）、。「」《》〇"
    "·•–—…‘’“”′″"
    "°℃µ²½×÷±≥≤≈−→←↑↓□■○●▲▼◆✓✗♀♂"
)


def own_texts():
    return [p for kind in ("*.toml", "*.json") for p in ROOT.rglob(kind) if "atlas" not in p.relative_to(ROOT).parts]


@pytest.mark.parametrize("path", FONTS, ids=lambda path: path.stem)
def test_the_typeface_has_every_sign_that_we_write(path: Path):
    font = QRawFont(str(path), 16)
    assert font.isValid()
    for where, text in [("signs", SIGNS), *((p.name, p.read_text(encoding="utf-8")) for p in own_texts())]:
        assert {sign for sign in text if sign.isprintable() and not font.supportsCharacter(ord(sign))} == set(), where


def test_the_screen_has_one_family_in_two_weights():
    for path in FONTS:
        number = QFontDatabase.addApplicationFont(str(path))
        assert QFontDatabase.applicationFontFamilies(number) == ["Neuro Chart Sans"]
    drawn = [QFontInfo(QFont("Neuro Chart Sans", 12, weight)) for weight in (QFont.Weight.Normal, QFont.Weight.DemiBold, QFont.Weight.Bold)]
    assert {face.family() for face in drawn} == {"Neuro Chart Sans"}
    assert [face.styleName() for face in drawn] == ["Regular", "SemiBold", "SemiBold"]


@pytest.mark.parametrize("path", FONTS, ids=lambda path: path.stem)
def test_clocks_stand_still(path: Path):
    font = QRawFont(str(path), 100)
    assert len({advance.x() for advance in font.advancesForGlyphIndexes(font.glyphIndexesForString("0123456789"))}) == 1


def test_what_is_typed_is_what_is_shown():
    QFontDatabase.addApplicationFont(str(resource("fonts", "NeuroChartSans-Regular.ttf")))
    metrics = QFontMetricsF(QFont("Neuro Chart Sans", 48))
    assert metrics.horizontalAdvance("->") == pytest.approx(sum(map(metrics.horizontalAdvance, "->")), abs=1)


@pytest.mark.parametrize("path", FONTS, ids=lambda path: path.stem)
def test_paper_carries_the_typeface_and_its_words(path: Path):
    pdfmetrics.registerFont(TTFont(path.stem, path))
    file = io.BytesIO()
    canvas = Canvas(file, invariant=1)
    canvas.setFont(path.stem, 12)
    canvas.drawString(72, 720, "ST36 Zúsānlǐ 足三里 Nguyễn 12:30")
    canvas.save()
    page = PdfReader(file).pages[0]
    assert "ST36 Zúsānlǐ 足三里 Nguyễn 12:30" in page.extract_text()
    assert len(file.getvalue()) < 100_000


def test_licences_lie_beside_what_they_license():
    typeface = resource("fonts", "LICENSE-OFL.txt").read_text(encoding="utf-8")
    assert all(words in typeface for words in ("SIL OPEN FONT LICENSE", "The Inter Project Authors", "Adobe", "Font Name 'Source'"))
    icons = resource("icons", "LICENSE-lucide.txt").read_text(encoding="utf-8")
    assert all(words in icons for words in ("ISC License", "Lucide Icons and Contributors", "Cole Bemis"))


@pytest.mark.parametrize("path", LINE_ICONS, ids=lambda path: path.stem)
def test_a_line_icon_takes_the_colour_of_its_place(path: Path):
    drawing = path.read_text(encoding="utf-8")
    assert 'viewBox="0 0 24 24"' in drawing
    assert set(re.findall(r'(?:stroke|fill)="(.*?)"', drawing)) - {"none"} == {"currentColor"}


@pytest.mark.parametrize("ending", ["svg", "png", "ico"])
def test_the_program_has_its_own_icon(ending: str):
    assert not QIcon(str(resource("icons", f"neuro-chart.{ending}"))).pixmap(64, 64).isNull()
