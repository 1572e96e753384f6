"""Finding a point by whatever a practitioner calls it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuro_chart.clinic.points import CHANNELS, Catalogue, CatalogueError
from neuro_chart.resources import resource

CATALOGUE = Catalogue.load(resource("points"))


def first(text: str) -> str:
    found = CATALOGUE.find(text)
    assert found, f"nothing is called {text!r}"
    return found[0].code


@pytest.mark.parametrize("text", ["st36", "ST-36", "ST 36", "S36", "s-36", "ＳＴ３６", "st036", "zusanli", "Zúsānlǐ", "zú sān lǐ"])
@pytest.mark.parametrize("around", ["", "  "])
def test_every_way_to_write_one_point(text: str, around: str):
    assert first(around + text + around) == "ST36"


NAMED = {
    "LU7": "L7, LU-7, lu07",
    "LI4": "L.I. 4, CO4, Hegu, joining val, 合谷",
    "LI10": "shousanli, shou san li, arm three",
    "LI11": "L.I.-11, LI-11, Qu chi",
    "ST36": "足三里, leg three, leg three li, Leg Three Miles",
    "SP6": "三阴交, 三陰交, san yin jiao",
    "HT7": "H7, HE7, Spirit Gate",
    "BL40": "UB40, B-40, ub 40",
    "KI3": "K3, KID-3, tai xi",
    "PC6": "P6, HC6, P-6",
    "TE5": "SJ5, TB5, TW-5, TH 5",
    "GB20": "wind pool, G20",
    "GB34": "G34, gb-34",
    "GB39": "绝骨, 絕骨, juegu, Xuanzhong",
    "LR3": "LV3, LIV-3, taichong",
    "GV20": "Du 20, DU-20, VG20, baihui",
    "GV29": "EX-HN3, EXHN3, M-HN-3, yintang, 印堂",
    "CV12": "Ren 12, RN12, VC12",
    "CV17": "shanzhong, tan zhong, Dànzhōng",
    "EX-UE9.1": "M-UE-22, mue22",
}


@pytest.mark.parametrize(("text", "code"), [(text, code) for code, texts in NAMED.items() for text in texts.split(", ")])
def test_names_of_other_systems_and_times(text: str, code: str):
    assert first(text) == code


WHOLE = {"EX-LE10": "bafeng, Bā fēng, 八风, 八風, EX-LE10, exle 10, eight winds", "EX-UE9": "baxie, 八邪, EX-UE9, eight evils"}


@pytest.mark.parametrize(("text", "stem"), [(text, stem) for stem, texts in WHOLE.items() for text in texts.split(", ")])
def test_bafeng_and_baxie_are_found_whole(text: str, stem: str):
    found = CATALOGUE.find(text)
    assert [p.code for p in found[:4]] == [f"{stem}.{n}" for n in range(1, 5)]
    assert CATALOGUE.group(found[2]) == tuple(found[:4])


def test_one_of_a_group_by_its_own_code():
    assert first("EX-LE10.3") == "EX-LE10.3"


def test_a_beginning_lists_in_order_and_the_exact_code_comes_first():
    codes = [p.code for p in CATALOGUE.find("LR")]
    assert codes[:4] == ["LR2", "LR3", "LR4", "LR5"]
    assert [p.code for p in CATALOGUE.find("sp1")][:1] == ["SP10"]
    assert [p.code for p in CATALOGUE.find("GV2")][:2] == ["GV2", "GV20"]
    assert [p.code for p in CATALOGUE.find("LU1")][:2] == ["LU1", "LU10"]


@pytest.mark.parametrize("text", ["", "   ", "-", "xyzzy", "ST99", "st36000"])
def test_what_is_no_point_finds_none(text: str):
    assert CATALOGUE.find(text) == []


@given(st.text(max_size=40))
def test_any_text_may_be_searched(text: str):
    found = CATALOGUE.find(text)
    assert len(set(found)) == len(found) <= len(CATALOGUE)


@given(st.sampled_from(sorted(p.code for p in CATALOGUE)))
def test_a_point_is_first_by_its_code_and_among_the_first_by_its_names(code: str):
    point = CATALOGUE[code]
    assert first(code) == code
    assert first(code.lower().replace("-", " ")) == code
    for name in (point.pinyin, point.hanzi, point.english):
        assert point in CATALOGUE.find(name)[:8]


def test_every_point_is_whole():
    assert len(CATALOGUE) >= 75
    assert set(CATALOGUE.channels) == set(CHANNELS)
    for point in CATALOGUE:
        assert point.code.startswith(point.channel)
        assert point.pinyin[0].isupper()
        assert all("\u4e00" <= c <= "\u9fff" for c in point.hanzi + point.traditional)
        assert point.location.endswith(".")
        assert point.rule
        assert point.midline == (point.channel in ("GV", "CV"))
        assert all(c.text.endswith(".") and c.strength in ("modern", "classical") for c in point.cautions)
        assert point.traditional != point.hanzi


def test_points_of_the_published_prescriptions_are_there():
    named = (
        "ST36 GB39 SP9 SP6 LR3 GB41 BL13 BL20 LR4 LU5 LI11 KI27 GB34 LI4 TE5 KI3 KI1 ST41 GV29 SI3 HT3 PC7 PC6 "
        "EX-LE10.1 EX-LE10.2 EX-LE10.3 EX-LE10.4 EX-UE9.1 EX-UE9.2 EX-UE9.3 EX-UE9.4 GV20 GV21 GV24"
    )
    assert [code for code in named.split() if code not in CATALOGUE] == []


def write(folder: Path, body: str) -> Path:
    (folder / "sources.toml").write_text('"WHO 2008" = "The standard."\n', encoding="utf-8")
    (folder / "ST.toml").write_text('channel = "ST"\nname = "Stomach"\nstandard = "WHO 2008"\n' + body, encoding="utf-8")
    return folder


POINT = '[[point]]\ncode = "ST36"\npinyin = "Zúsānlǐ"\nhanzi = "足三里"\nenglish = "Leg"\nlocation = "Here."\nrule = { at = "x" }\n'


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (POINT + POINT, "given twice"),
        (POINT.replace('hanzi = "足三里"\n', ""), "hanzi"),
        (POINT + '[[point.caution]]\nkind = "moxa"\ntext = "No."\nstrength = "modern"\nsource = "Hearsay"\n', "Hearsay"),
        (POINT + '[[point.caution]]\nkind = "wind"\ntext = "No."\nstrength = "modern"\nsource = "WHO 2008"\n', "wind"),
        ("[[point]\n", "line 4"),
    ],
)
def test_a_bad_file_is_refused_with_its_name_and_the_reason(tmp_path: Path, body: str, reason: str):
    with pytest.raises(CatalogueError, match=r"ST\.toml") as refused:
        Catalogue.load(write(tmp_path, body))
    assert reason in str(refused.value)
