"""Finding a point by whatever a practitioner calls it."""

import re
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuro_chart.clinic.points import CHANNELS, DEEPEST, KINDS, Catalogue, CatalogueError
from neuro_chart.resources import resource

CATALOGUE = Catalogue.load(resource("points"))
COUNTS = {"LU": 11, "LI": 20, "ST": 45, "SP": 21, "HT": 9, "SI": 19, "BL": 67, "KI": 27, "PC": 9, "TE": 23, "GB": 44, "LR": 14} | {
    "GV": 29,  # with Yintang
    "CV": 24,
}
YIN = ("LU", "SP", "HT", "KI", "PC", "LR")
VESSELS = {f"{name} Vessel" for name in ("Thoroughfare", "Belt", "Yin Link", "Yang Link", "Yin Heel", "Yang Heel")}


def first(text: str) -> str:
    found = CATALOGUE.find(text)
    assert found, f"nothing is called {text!r}"
    return found[0].code


def spelt(table: str) -> list[tuple[str, str]]:
    """(text, code) of a table with one point a line: `CODE: text, text`."""
    told = (line.split(": ") for line in table.strip().splitlines())
    return [(text, code) for code, texts in told for text in texts.split(", ")]


@pytest.mark.parametrize("text", ["st36", "ST-36", "ST 36", "S36", "s-36", "ＳＴ３６", "st036", "zusanli", "Zúsānlǐ", "zú sān lǐ"])
@pytest.mark.parametrize("around", ["", "  "])
def test_every_way_to_write_one_point(text: str, around: str):
    assert first(around + text + around) == "ST36"


CODED = """
LU7: LU7, lu-7, L7, L-7, lu07, Lu.7, Lung 7, ＬＵ７, LU－７
LI4: LI4, L.I.4, L.I. 4, li-4, CO4, Co-4, GI4, Large Intestine 4, ＬＩ－４
LI11: L.I.-11, LI-11, L I 11, CO 11
ST36: E36, S.36, Stomach 36, stomach-36, st–36, st—36, ST‑36
SP6: SP6, sp-6, Sp.6, Spleen 6, RP6, ＳＰ６
HT7: HT7, H7, HE7, He-7, ht 07, Heart 7, ｈ７
SI3: SI3, S.I.3, S.I.-3, si 3, Small Intestine 3
BL40: BL40, B40, B-40, UB40, UB-40, ub 40, Bladder 40, Urinary Bladder 40
KI3: KI3, K3, K-3, KID3, KID-3, kd 3, Kidney 3
PC6: PC6, P6, P-6, HC6, Pc.6, MC6, Pericardium 6
TE5: TE5, SJ5, SJ-5, TB5, TW-5, TH 5, S.J. 5, San Jiao 5, Triple Energizer 5, Triple Burner 5, Triple Warmer 5, TR5
GB34: GB34, gb-34, G34, G-34, VB34, G.B.34, Gall Bladder 34
LR3: LR3, LV3, LIV3, LIV-3, Liv.3, lv 03, Liver 3
GV20: GV20, Du 20, DU-20, VG20, Du Mai 20, Governing Vessel 20
GV14: Du14, gv-14
CV12: CV12, Ren 12, REN-12, RN12, VC12, Ren Mai 12, Conception Vessel 12
GV29: EX-HN3, EXHN3, Ex-HN-3, ex hn 3, M-HN-3, mhn3, GV29, Du 29, GV24.5, Du 24.5
EX-HN5: EX-HN5, Ex-HN-05, M-HN-9
EX-HN4: M-HN-6
EX-B1: EX-B1, M-BW-1
EX-B8: EX-B-8, M-BW-25
EX-CA1: EX-CA1, M-CA-18
EX-UE8: EX-UE-8, M-UE-24
EX-UE9.1: M-UE-22, mue22, EX-UE9, EX-UE9.1, ＥＸ－ＵＥ９
EX-UE10.1: M-UE-9
EX-UE11.5: EX-UE11.5
EX-LE2: EX-LE2, M-LE-27
EX-LE6: EX-LE6, M-LE-23
EX-LE10.1: EX-LE-10, EX-LE10, M-LE-8
EX-LE10.3: EX-LE10.3, EX-LE-10.3, exle10.03
EX-B2.T5: EX-B2.T5, Jiaji T5, T5 jiaji, Huatuojiaji T5, ex-b2 t5
"""


@pytest.mark.parametrize(("text", "code"), spelt(CODED))
def test_the_codes_of_other_systems(text: str, code: str):
    assert first(text) == code


NAMED = """
LU1: zhongfu, 中府
LU5: chize, 尺泽, 尺澤, 尺沢
LU7: Lieque, liè quē, 列缺
LI4: Hegu, he-gu, joining val, 合谷
LI10: shousanli, shou san li, arm three, arm three li, 手三里
LI11: Qu chi, Quchi, 曲池
LI13: shou wu li, 手五里
LI14: Binao, bi nao, 臂臑
LI17: Tianding, 天鼎
LI19: Kouheliao, 口禾髎, 禾髎
LI20: ying xiang, 迎香
ST8: Touwei, 头维, 頭維
ST25: Tianshu, 天枢, 天樞
ST30: Qichong, 气冲, 氣衝, 氣沖, Qijie
ST35: Dubi, Waixiyan, 犊鼻, 犢鼻
ST36: 足三里, sanli, leg three, leg three li, Leg Three Miles, foot three li, ZU SAN LI, zu-san-li, zú'sān'lǐ
SP6: 三阴交, 三陰交, san yin jiao, sānyīnjiāo
SP9: yinlingquan, 阴陵泉, 陰陵泉
SP16: fuai, fu'ai, fu ai, Fù'āi, 腹哀
HT7: Shenmen, shén mén, Spirit Gate, 神门, 神門
SI3: Houxi, 后溪, 後谿, 後溪
SI19: ting gong, 听宫, 聽宮, 聴宮
BL2: Zanzhu, Cuanzhu, cuán zhú, 攒竹, 攢竹
BL10: Tian Zhu, 天柱
BL13: Feishu, fei shu, Fèishù, Fèishū, lung shu, 肺俞
BL14: Jueyinshu, 厥阴俞, 厥陰俞, pericardium shu
BL23: Shenshu, kidney shu, 肾俞, 腎俞
BL29: zhonglushu, zhonglvshu, 中膂俞
BL30: Baihuanshu, 白环俞, 白環俞
BL37: Yinmen, 殷门, 殷門
BL43: Gaohuang, Gaohuangshu, 膏肓, 膏肓俞
BL60: Kunlun, kun lun, 昆仑, 崑崙
BL61: Pucan, Pushen
BL66: Zutonggu, 足通谷
KI1: yongquan, gushing spring, 涌泉, 湧泉
KI3: tai xi, Taixi, 太溪, 太谿
KI20: Futonggu, 腹通谷
PC6: Neiguan, nei guan, 内关, 內關, 内關, 内関
TE5: Waiguan, 外关, 外關
TE17: yi feng, 翳风, 翳風
TE22: Erheliao, 耳和髎, 和髎
GB11: Touqiaoyin, 头窍阴, 頭竅陰
GB15: Toulinqi, 头临泣, 頭臨泣
GB20: wind pool, Fengchi, 风池, 風池
GB33: Xiyangguan, 膝阳关, 膝陽關
GB34: Yanglingquan, 阳陵泉
GB39: 绝骨, 絕骨, juegu, Xuanzhong, 悬钟, 懸鐘, 懸鍾
GB41: Zulinqi, 足临泣, 足臨泣
GB42: Diwuhui, di wu hui, 地五会, 地五會
GB44: Zuqiaoyin, 足窍阴, 足竅陰
LR2: Xingjian, 行间, 行間
LR3: taichong, tai chong, 太冲, 太衝, 太沖
LR10: Zuwuli, 足五里
GV3: Yaoyangguan, 腰阳关, 腰陽關
GV4: ming men, 命门, 命門
GV15: Yamen, 哑门, 啞門, 瘂門
GV20: baihui, 百会, 百會
GV22: xinhui, 囟会, 囟會, 顖會
GV26: Renzhong, Shuigou, ren zhong, 人中, 水沟, 水溝
GV29: yintang, yin tang, 印堂
CV8: Shenque, 神阙, 神闕, 脐中
CV12: Zhongwan, 中脘
CV17: shanzhong, tan zhong, Tanzhong, Danzhong, Dànzhōng, 膻中
EX-HN1.1: Sishencong, si shen cong, 四神聪, 四神聰, 四神聡
EX-HN5: Taiyang, 太阳, 太陽
EX-HN15: Jingbailao, Bailao, 百劳, 百勞
EX-B1: Dingchuan, 定喘
EX-B2.T1: Jiaji, Huatuojiaji, hua tuo jia ji, 夹脊, 夾脊, 华佗夹脊, 華佗夾脊
EX-B8: Shiqizhui, Shiqizhuixia, 十七椎
EX-CA1: zi gong xue, 子宫, 子宮
EX-UE7.1: Yaotongdian, Yaotongxue
EX-UE8: Wailaogong, Luozhen, luo zhen, 落枕
EX-UE9.1: Baxie, ba xie, 八邪
EX-UE10.1: Sifeng, si feng, 四缝, 四縫
EX-UE11.1: Shixuan, shi xuan, 十宣
EX-LE2: Heding, he ding, 鹤顶, 鶴頂, cranes crown, crane's crown, Crane’s Crown
EX-LE5: xi yan, 膝眼
EX-LE6: Dannang, Dannangxue, 胆囊, 膽囊穴
EX-LE7: Lanwei, Lanweixue, 阑尾
EX-LE10.1: Bafeng, eight winds, 八风, 八風
"""


@pytest.mark.parametrize(("text", "code"), spelt(NAMED))
def test_names_of_other_systems_and_times(text: str, code: str):
    assert first(text) == code


# one name in two places, alone or but for its tones or characters
SHARED = {
    "Heliao": "LI19 TE22",
    "Linqi": "GB15 GB41",
    "临泣": "GB15 GB41",
    "Qiaoyin": "GB11 GB44",
    "Tonggu": "BL66 KI20",
    "通谷": "BL66 KI20",
    "Wuli": "LI13 LR10",
    "Yangguan": "GB33 GV3",
    "Wangu": "SI4 GB12",
    "Juliao": "ST3 GB29",
    "Zhongzhu": "KI15 TE3",
    "Futu": "LI18 ST32",
    "Yinjiao": "GV28 CV7",
    "Zhongdu": "GB32 LR6",
    "Erjian": "LI2 EX-HN6",
    "Zigong": "CV19 EX-CA1",
}


@pytest.mark.parametrize("name", SHARED)
def test_a_name_of_two_points_finds_both_and_means_neither(name: str):
    codes = SHARED[name].split()
    assert [p.code for p in CATALOGUE.find(name)][: len(codes)] == codes
    assert CATALOGUE.meant(name) == ()
    assert [p.code for p in CATALOGUE.called(name)] == codes


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("wàngǔ", "SI4"),
        ("Wángǔ", "GB12"),
        ("jù liáo", "ST3"),
        ("jū liáo", "GB29"),
        ("yīn jiāo", "CV7"),
        ("Yínjiāo", "GV28"),
        ("èr jiān", "LI2"),
    ],
)
def test_tones_tell_apart_what_is_spelt_alike(name: str, code: str):
    assert first(name) == code
    assert [p.code for p in CATALOGUE.meant(name)] == [code]


WHOLE = """
EX-LE10: bafeng, Bā fēng, 八风, 八風, EX-LE10, exle 10, eight winds
EX-UE9: baxie, 八邪, EX-UE9, eight evils
EX-UE10: sifeng, 四缝, EX-UE-10
EX-UE11: shixuan, 十宣, EX-UE11
EX-B2: jiaji, Huatuojiaji, 夹脊, EX-B2
"""


@pytest.mark.parametrize(("text", "stem"), spelt(WHOLE))
def test_points_of_one_name_are_found_whole_and_in_order(text: str, stem: str):
    group = tuple(point for point in CATALOGUE if point.group == stem)
    assert len(group) >= 4
    assert tuple(CATALOGUE.find(text)[: len(group)]) == group
    assert CATALOGUE.meant(text) == CATALOGUE.group(group[2]) == group


def test_a_beginning_lists_in_order_and_the_exact_code_comes_first():
    codes = [p.code for p in CATALOGUE.find("LR")]
    assert codes[:14] == [f"LR{n}" for n in range(1, 15)]
    assert [p.code for p in CATALOGUE.find("sp1")][:3] == ["SP1", "SP10", "SP11"]
    assert [p.code for p in CATALOGUE.find("GV2")][:2] == ["GV2", "GV20"]
    assert [p.code for p in CATALOGUE.find("LU1")][:3] == ["LU1", "LU10", "LU11"]


@pytest.mark.parametrize("text", ["", "   ", "-", ".", "'", "…", "xyzzy", "ST99", "st36000", "ST0", "0"])
def test_what_is_no_point_finds_none(text: str):
    assert CATALOGUE.find(text) == []
    assert CATALOGUE.meant(text) == ()


@given(st.one_of(st.text(max_size=40), st.from_regex(r"[A-Za-z.＿' -]{0,5}[0-9０-９.٣²]{0,4}", fullmatch=True)))
def test_any_text_may_be_searched(text: str):
    found = CATALOGUE.find(text)
    assert len(set(found)) == len(found) <= len(CATALOGUE)
    assert set(CATALOGUE.meant(text)) <= set(found)


@given(st.sampled_from(sorted(p.code for p in CATALOGUE)))
def test_a_point_is_first_by_its_code_and_among_the_first_by_its_names(code: str):
    point = CATALOGUE[code]
    assert first(code) == code
    assert first(code.lower().replace("-", " ")) == code
    for name in (point.pinyin, point.hanzi, point.traditional or point.hanzi, point.english, *point.aliases):
        assert code in [p.code for p in CATALOGUE.find(name)][: 8 + len(CATALOGUE.group(point))]


def test_every_point_is_whole():
    assert set(CATALOGUE.channels) == set(CHANNELS)
    for point in CATALOGUE:
        assert point.channel == "EX" or re.fullmatch(rf"{point.channel}[1-9]\d*", point.code)
        assert point.code.startswith(point.group)
        assert point.pinyin[0].isupper()
        assert " " not in point.pinyin
        assert all("\u3400" <= c <= "\u9fff" for c in point.hanzi + point.traditional)
        assert len(point.traditional) in (0, len(point.hanzi))
        assert point.traditional != point.hanzi
        assert point.location.endswith(".")
        assert point.rule
        assert point.channel == "EX" or point.midline == (point.channel in ("GV", "CV"))
        assert all(len(alias) > 1 for alias in point.aliases)
        assert len({point.pinyin, point.hanzi, point.english, *point.aliases}) == 3 + len(point.aliases)
        assert all(c.text.endswith(".") and c.strength in ("modern", "classical") for c in point.cautions)
        assert point.depth is None or (0 < point.depth.low <= point.depth.high <= DEEPEST and point.depth.angle)


def test_the_catalogue_is_the_whole_standard_in_its_order_and_the_extra_points():
    codes = [point.code for point in CATALOGUE]
    standard = [f"{channel}{n}" for channel, count in COUNTS.items() for n in range(1, count + 1)]
    assert codes[: len(standard)] == standard
    assert len(standard) == 362
    extra = [point for point in CATALOGUE if point.channel == "EX"]
    assert len({point.group or point.code for point in extra}) >= 46
    families = [re.sub(r"^[A-Z]+-([A-Z]+).*", r"\1", point.code).replace("BW", "B") for point in extra]
    assert [family for family, _ in groupby(families)] == ["HN", "CA", "B", "UE", "LE"]
    assert [group for group, _ in groupby(point.group or point.code for point in extra)] == list(
        dict.fromkeys(point.group or point.code for point in extra)
    )


def of_kind(kind: str) -> dict[str, str]:
    return {point.code: point.kinds[kind] for point in CATALOGUE if kind in point.kinds}


def test_each_channel_has_its_five_shu_points_in_the_order_of_the_phases():
    for channel in (c for c in COUNTS if c not in ("GV", "CV")):
        phases = "Wood Fire Earth Metal Water" if channel in YIN else "Metal Water Wood Fire Earth"
        found = [[(c, phase) for c, phase in of_kind(kind).items() if c[:2] == channel] for kind in KINDS[:5]]
        assert [len(points) for points in found] == [1] * 5
        assert [phase for [(_, phase)] in found] == phases.split()
        numbers = [int(code[2:]) for [(code, _)] in found]
        assert numbers == sorted(numbers, reverse=channel in ("LU", "ST", "HT", "BL", "PC", "GB"))
        [(stream, _)], source = found[2], {c for c in of_kind("yuan-source") if c[:2] == channel}
        assert (source == {stream}) == (channel in YIN)


@pytest.mark.parametrize(
    ("kind", "count"),
    {
        "yuan-source": 12,
        "luo-connecting": 15,
        "xi-cleft": 16,
        "back-shu": 12,
        "front-mu": 12,
        "lower he-sea": 6,
        "confluent": 8,
        "meeting": 8,
    }.items(),
)
def test_the_special_points_are_as_many_as_the_classics_count(kind: str, count: int):
    assert len(of_kind(kind)) == count
    assert len(set(of_kind(kind).values())) == count


def test_the_kinds_name_channels_and_vessels_that_there_are():
    organs = {name for code, name in CATALOGUE.channels.items() if code != "EX"}
    for kind in KINDS[5:12]:
        assert {value.removesuffix(" (great luo)") for value in of_kind(kind).values()} <= organs | VESSELS
    assert set(of_kind("back-shu").values()) == set(of_kind("front-mu").values()) == set(of_kind("yuan-source").values())
    for code, channels in of_kind("crossing").items():
        met = channels.split(", ")
        assert code[:2] in met
        assert len(set(met)) == len(met) >= 2
        assert set(met) <= set(COUNTS) | VESSELS


@pytest.mark.parametrize(
    ("code", "kinds"),
    {
        "LU7": {"luo-connecting": "Lung", "confluent": "Conception Vessel"},
        "LU9": {"shu-stream": "Earth", "yuan-source": "Lung", "meeting": "vessels"},
        "ST36": {"he-sea": "Earth", "lower he-sea": "Stomach"},
        "SP6": {"crossing": "SP, KI, LR"},
        "SP21": {"luo-connecting": "Spleen (great luo)"},
        "KI8": {"xi-cleft": "Yin Heel Vessel"},
        "KI9": {"xi-cleft": "Yin Link Vessel"},
        "GB35": {"xi-cleft": "Yang Link Vessel"},
        "BL59": {"xi-cleft": "Yang Heel Vessel"},
        "BL40": {"he-sea": "Earth", "lower he-sea": "Bladder"},
        "BL62": {"confluent": "Yang Heel Vessel"},
        "GB34": {"he-sea": "Earth", "lower he-sea": "Gallbladder", "meeting": "sinews"},
        "LR13": {"front-mu": "Spleen", "meeting": "zang organs", "crossing": "GB, LR"},
        "CV12": {"front-mu": "Stomach", "meeting": "fu organs", "crossing": "ST, SI, TE, CV"},
        "GV29": {},
    }.items(),
)
def test_what_special_points_some_are(code: str, kinds: dict[str, str]):
    assert CATALOGUE[code].kinds == kinds


def test_letters_within_a_word_find_it_and_letters_across_two_words_do_not():
    assert "SP6" in [point.code for point in CATALOGUE.find("yinjiao")]
    assert "LR14" not in [point.code for point in CATALOGUE.find("leg")]  # Cycle Gate


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ST36", "he-sea point, Earth; lower he-sea point of the Stomach"),
        ("GB39", "meeting point of marrow"),
        ("SI3", "shu-stream point, Wood; confluent point of the Governor Vessel"),
        ("ST1", "crossing point of the Stomach, the Conception Vessel and the Yang Heel Vessel"),
        ("ST38", ""),
    ],
)
def test_special_points_in_words(code: str, words: str):
    assert "; ".join(CATALOGUE.kinds_of(CATALOGUE[code])) == words


def test_points_of_the_published_prescriptions_are_there():
    named = (
        "ST36 GB39 SP9 SP6 LR3 GB41 BL13 BL20 LR4 LU5 LI11 KI27 GB34 LI4 TE5 KI3 KI1 ST41 GV29 SI3 HT3 PC7 PC6 "
        "EX-LE10.1 EX-LE10.2 EX-LE10.3 EX-LE10.4 EX-UE9.1 EX-UE9.2 EX-UE9.3 EX-UE9.4 GV20 GV21 GV24"
    )
    assert [code for code in named.split() if code not in CATALOGUE] == []


def write(folder: Path, **files: str) -> Path:
    (folder / "sources.toml").write_text('"WHO 2008" = "The standard."\n', encoding="utf-8")
    for channel, body in files.items():
        (folder / f"{channel}.toml").write_text(f'channel = "{channel}"\nname = "One"\nstandard = "WHO 2008"\n{body}', encoding="utf-8")
    return folder


POINT = '[[point]]\ncode = "ST36"\npinyin = "Zúsānlǐ"\nhanzi = "足三里"\nenglish = "Leg"\nlocation = "Here."\nrule = { at = "x" }\n'
DEPTH = 'depth = { cun = [0.5, 1.5], angle = "perpendicular", source = "WHO 2008", note = "Less in the thin." }\n'


def test_kinds_depth_and_a_midline_of_its_own_are_read(tmp_path: Path):
    extra = POINT.replace("ST36", "EX-B8") + "midline = true\n" + DEPTH
    catalogue = Catalogue.load(write(tmp_path, ST=POINT + 'kinds = { he-sea = "Earth", "lower he-sea" = "Stomach" }\n', EX=extra))
    point, other = catalogue
    assert (point.kinds, point.depth, point.midline) == ({"he-sea": "Earth", "lower he-sea": "Stomach"}, None, False)
    assert other.depth is not None
    assert (other.depth.low, other.depth.high, other.depth.angle, other.depth.note) == (0.5, 1.5, "perpendicular", "Less in the thin.")
    assert other.midline
    assert len({point, other}) == 2


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (POINT + POINT, "ST36 is given twice, first in ST.toml"),
        (POINT.replace('hanzi = "足三里"\n', ""), "hanzi is missing"),
        (POINT.replace('code = "ST36"\n', ""), "code is missing"),
        (POINT.replace("ST36", "SP36"), "SP36: this code belongs into another file"),
        (POINT.replace("ST36", "ST036"), "ST036"),
        (POINT + 'kinds = { "he-see" = "Earth" }\n', "he-see"),
        (POINT + DEPTH.replace("WHO 2008", "Hearsay"), "sources.toml does not have Hearsay"),
        (POINT + DEPTH.replace("[0.5, 1.5]", "[1.5, 0.5]"), "the smaller first"),
        (POINT + DEPTH.replace("[0.5, 1.5]", "[0.5]"), "two numbers of cun"),
        (POINT + DEPTH.replace("[0.5, 1.5]", "[0, 1]"), "two numbers of cun"),
        (POINT + DEPTH.replace("[0.5, 1.5]", "[1, 15]"), "none beyond 4"),
        (POINT + DEPTH.replace("[0.5, 1.5]", '["a", "b"]'), "two numbers of cun"),
        (POINT + DEPTH.replace('angle = "perpendicular", ', ""), "angle is missing"),
        (POINT + 'source = "Hearsay"\n', "Hearsay"),
        (POINT + '[[point.caution]]\nkind = "moxa"\ntext = "No."\nstrength = "modern"\nsource = "Hearsay"\n', "Hearsay"),
        (POINT + '[[point.caution]]\nkind = "wind"\ntext = "No."\nstrength = "modern"\nsource = "WHO 2008"\n', "wind"),
        ("[[point]\n", "line 4"),
    ],
)
def test_a_bad_file_is_refused_with_its_name_and_the_reason(tmp_path: Path, body: str, reason: str):
    with pytest.raises(CatalogueError, match=r"ST\.toml") as refused:
        Catalogue.load(write(tmp_path, ST=body))
    assert reason in str(refused.value)


def test_a_code_in_two_files_is_refused(tmp_path: Path):
    with pytest.raises(CatalogueError, match=r"EX\.toml: ST36 is given twice, first in ST\.toml"):
        Catalogue.load(write(tmp_path, ST=POINT, EX=POINT))


def test_a_file_without_its_channel_is_refused(tmp_path: Path):
    (write(tmp_path) / "ST.toml").write_text(POINT, encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"ST\.toml: it must begin with its channel, ST"):
        Catalogue.load(tmp_path)
