"""The shorthand as it is typed and as it is pasted; and the completion of a point."""

from itertools import cycle

import pytest

from neuro_chart.clinic.notation import read
from neuro_chart.clinic.points import Catalogue
from neuro_chart.resources import resource

THIRTY = (
    "ST36 GB39 SP9 SP6 LR3 GB41 LI4 LI11 TE5 PC6 HT7 KI3 KI7 BL60 BL62 ST40 ST44 SP3 SP4 GB34 GB20 GV20 GV24 CV4 CV6 CV12 ST25 LU7 LR2 KI6 "
    "b 30m ea 2/100Hz"
)
PAGE = (
    "Manual acupuncture was applied to left LR 4, LU 5; bilateral LI 11, KI 27, ST 36, GB 34, SP 6, SP 9, LI 4, TE 5, and BaFeng in ten "
    "consecutive patients with large- or small-fiber neuropathy, who were treated with a standardized protocol, 12 sessions, 30 min each. "
)


@pytest.fixture(scope="module")
def catalogue():
    made = Catalogue.load(resource("points"))
    read(THIRTY, made)
    return made


@pytest.mark.benchmark(group="a line of 30 points read (goal: under 5 ms)")
def test_thirty_points(benchmark, catalogue):
    assert len(benchmark(read, THIRTY, catalogue, side="both").needles) > 50


@pytest.mark.benchmark(group="a line of 30 points and a word that is none, with what it may be (goal: under 10 ms)")
def test_thirty_points_and_a_slip(benchmark, catalogue):
    slips = cycle(["sanyinj", "zusanlo", "xqwzyt", "ST63", "足三理"])
    assert benchmark(lambda: read(f"{THIRTY} {next(slips)}", catalogue, side="both")).errors


@pytest.mark.benchmark(group="18,000 pasted characters read (goal: under 500 ms)")
def test_a_pasted_page(benchmark, catalogue):
    assert len(benchmark(read, (PAGE * 80)[:18_000], catalogue, side="both").needles) > 20


@pytest.mark.benchmark(group="completion of a point, one key (goal: under 3 ms)")
def test_completion(benchmark, catalogue):
    keys = cycle(["s", "st", "st3", "z", "zus", "san yin", "足", "x", "lr"])
    benchmark(lambda: catalogue.find(next(keys)))


@pytest.mark.benchmark(group="a point by its whole name (goal: under 0.1 ms)")
def test_a_whole_name(benchmark, catalogue):
    names = cycle(["ST36", "zusanli", "san yin jiao", "L.I.-11", "足三里", "no such point"])
    benchmark(lambda: catalogue.meant(next(names)))
