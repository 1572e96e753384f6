"""Makes the frozen vault of a released schema with the program of that time: `PYTHONPATH=<its worktree> python make.py`.

0001 was made at 7210d36 and 0002 at fca7a41 (the make.py of e3cd928 speaks to both), 0003 at 092035b by this one. They are never made
again: what is here stands on disks. All people are made up.
"""

import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from neuro_chart.clinic.adjuncts import CUPPING, ELECTRO, GUA_SHA, PRESS, Adjunct, Spot
from neuro_chart.clinic.events import AdverseEvent, EventKind
from neuro_chart.clinic.intakes import Intake
from neuro_chart.clinic.needles import Angle, Mishap, Needle, Side, Site, Technique
from neuro_chart.clinic.people import Patient, Practice, Practitioner
from neuro_chart.clinic.phrases import Phrase
from neuro_chart.clinic.protocols import Protocol
from neuro_chart.clinic.visits import Aftercare, Amendment, Visit
from neuro_chart.store import tables
from neuro_chart.store.keys import Kdf
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault

PASSPHRASE = "calm jade river at dawn"  # noqa: S105
WHEN = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SHIN = Site(0.7421, 3.2, 0.4, Side.LEFT, "left anterior lower leg")
OTHER_SHIN = Site(-0.7421, 3.2, 0.4, Side.RIGHT, "right anterior lower leg")
FOREARM = Site(-2.1, 8.4, 0.15, Side.RIGHT, "right posterior forearm")
BROW = Site(0.0, 15.9, 0.9, Side.MIDLINE, "forehead")


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def fill(vault: Vault) -> None:
    """Charts a little practice: Zoë and Omar as every released schema could keep them, and Inès as this one keeps her."""
    records = Records(vault, now=lambda: WHEN + timedelta(hours=2))
    me = vault.practitioner_id
    rooms = ("East", "West", "Room 3")
    records.save_practice(replace(records.practice(), letterhead="Lindenhof 4\n8001 Zürich", paper="Letter", rooms=rooms))
    zoe = Patient(
        "Zoë", "Ek 李", birth=date(1961, 2, 28), sex="Female", phone="0171 555", notes="Doorbell: top", figure="neutral", created=WHEN
    )
    omar = Patient("Omar", "Haddad", created=WHEN)
    for patient in (zoe, omar):
        records.save_patient(patient)
    done = Intake(zoe.id, "https://example.org/form|1", {"item": [{"linkId": "a", "answer": [{"valueString": "Füße"}]}]}, WHEN)
    begun = Intake(omar.id, "https://example.org/form|1", {"item": []}, WHEN)
    for intake in (done, begun):
        records.start_intake(intake)
    records.complete_intake(done.id, done.response)

    first = Visit(zoe.id, me, WHEN, "Both feet numb", "Monofilament 4 of 10", "Bi", "Again on Friday", 6, 4, 7, 7)
    first.aftercare = Aftercare(48, ("ankle-pumps",), foot_care=True, words="Drink.", next_visit=date(2026, 3, 6))
    stimulated = {"angle": Angle.PERPENDICULAR, "technique": Technique.TONIFY, "de_qi": True, "gauge": 0.25, "length": 40}
    first.needles = [
        Needle(first.id, SHIN, "ST36", 1.2, inserted=WHEN, removed=WHEN + minutes(26), retention=25, **stimulated),
        Needle(
            first.id,
            FOREARM,
            "TE5",
            12.5,
            None,
            "mm",
            angle=Angle.OBLIQUE,
            de_qi=False,
            retention=25,
            inserted=WHEN,
            removed=WHEN,
            position=1,
        ),
        Needle(first.id, BROW, technique=Technique.EVEN, retention=10, position=2),
    ]
    first.adjuncts = [
        Adjunct(first.id, "Electro-stimulation", "2/120 Hz, ST36–TE5", 25),
        Adjunct(first.id, "Massage"),
        Adjunct(first.id, "Moxa on the navel", "warm", 10),
    ]
    records.start_visit(first)
    records.sign(first.id, me)
    records.amend(Amendment(first.id, me, "It was the left foot.", WHEN + timedelta(days=1)))

    left = Visit(zoe.id, me, WHEN + timedelta(days=4), "Better")
    left.needles = [Needle(left.id, SHIN, "ST36", inserted=WHEN + timedelta(days=4), retention=60)]
    records.start_visit(left)
    records.sign(left.id, me, "Press needle, three days")

    draft = Visit(omar.id, me, WHEN + timedelta(days=5), "Tingling")
    draft.needles = [
        Needle(draft.id, FOREARM, "TE5", inserted=WHEN + timedelta(days=5), retention=45),
        Needle(draft.id, SHIN, "SP6", retention=45, position=1),
    ]
    draft.adjuncts = [Adjunct(draft.id, "Infrared lamp", "feet", 15)]
    records.start_visit(draft)
    fill_with_treatment(records, me)


def fill_with_treatment(records: Records, me: str) -> None:
    """What the schema 0003 brought."""
    records.put_protocol(
        Protocol("feet", "Burning feet", ("ST36 SP6 b", "LR3 GB41 b"), "Own", 25, "twice a week", "none", "weak", "of our own", "dpn")
    )
    records.put_phrase(Phrase("dq", "De qi at ___ and ___."))
    ines = Patient("Inès", "Moreau", sex="Female", created=WHEN)
    records.save_patient(ines)
    records.start_intake(Intake(ines.id, "https://example.org/form|1", {"complaint": [{"text": "Brûlures"}]}, WHEN))

    late = WHEN + timedelta(days=6)
    closed = Visit(ines.id, me, late, "Soles burn", room="East", protocol="feet", session=1)
    closed.tongue, closed.pulse = {"colour": ["pale"], "marks": ["cracks:tip"]}, {"left": ["deep"], "rate": ["72"]}
    inside = {"inserted": late, "retention": 25}
    closed.needles = [
        Needle(closed.id, SHIN, "ST36", 0.8, 1.2, removed=late + minutes(30), held=240, mishap=Mishap.STUCK, position=0, **inside),
        Needle(closed.id, OTHER_SHIN, "ST36", removed=late + minutes(26), counted=False, position=1, **inside),
        Needle(closed.id, BROW, "", inserted=late, removed=late, retention=0, position=2),
    ]
    one, other = closed.needles[:2]
    closed.adjuncts = [
        Adjunct(closed.id, ELECTRO, "", 25, frequency="2/100", waveform="dense-disperse", intensity="1.5 mA", pairs=((one.id, other.id),),
                started=late, ended=late + minutes(25), held=60),
        Adjunct(closed.id, GUA_SHA, strokes=((SHIN, OTHER_SHIN), (BROW, SHIN)), position=1),
        Adjunct(closed.id, PRESS, spots=(Spot(SHIN, "ST36"), Spot(BROW)), size="0.6 mm", amount=2, started=late, until=date(2026, 3, 11),
                consent=True, position=2),
    ]  # fmt: skip
    closed.events = [AdverseEvent(closed.id, EventKind.STUCK, late + minutes(29), one.id, "Stuck", "Massaged around", "Came out whole")]
    records.start_visit(closed)
    records.sign(closed.id, me, "The patient left before the count")

    later = WHEN + timedelta(days=13)
    draft = Visit(ines.id, me, later, "", plan="Again on Friday", room="West", copied={"plan": late.date().isoformat()})
    draft.needles = [
        Needle(draft.id, SHIN, "SP6", inserted=later, paused=later + minutes(5), held=30, retention=25),
        Needle(draft.id, OTHER_SHIN, "SP6", retention=25, copied=True, position=1),
        Needle(draft.id, FOREARM, "TE5", mishap=Mishap.DROPPED, position=2),
    ]
    draft.adjuncts = [Adjunct(draft.id, CUPPING, method="sliding", size="5 cm", amount=4, minutes=10, copied=True)]
    draft.events = [AdverseEvent(draft.id, EventKind.FAINTING, later + minutes(4), words="Pale", done="Lay down")]
    records.start_visit(draft)


if __name__ == "__main__":
    made = Path(__file__).with_name(f"{tables.REVISION}.vault")
    if made.exists():
        sys.exit(f"{made} is frozen.")
    with Vault.create(made, PASSPHRASE, Practice("Lindenhof"), Practitioner("Anna Weber"), kdf=Kdf(64, 1, 1)) as fresh:
        fill(fresh)
