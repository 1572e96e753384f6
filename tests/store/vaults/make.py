"""Makes the frozen vault of a released schema with the program of that time: `PYTHONPATH=<its worktree> python make.py`.

0001 was made at 7210d36, 0002 at fca7a41. They are never made again: what is here stands on disks. All people are made up.
"""

import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from neuro_chart.clinic.intakes import Intake
from neuro_chart.clinic.needles import Adjunct, Angle, Needle, Side, Site, Technique
from neuro_chart.clinic.people import Patient, Practice, Practitioner
from neuro_chart.clinic.visits import Aftercare, Amendment, Visit
from neuro_chart.store import tables
from neuro_chart.store.keys import Kdf
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault

PASSPHRASE = "calm jade river at dawn"  # noqa: S105
WHEN = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SHIN = Site(0.7421, 3.2, 0.4, Side.LEFT, "left anterior lower leg")
FOREARM = Site(-2.1, 8.4, 0.15, Side.RIGHT, "right posterior forearm")
BROW = Site(0.0, 15.9, 0.9, Side.MIDLINE, "forehead")


def fill(vault: Vault) -> None:
    """Charts a little practice."""
    records = Records(vault, now=lambda: WHEN + timedelta(hours=2))
    me = vault.practitioner_id
    records.save_practice(replace(records.practice(), letterhead="Lindenhof 4\n8001 Zürich", paper="Letter"))
    zoe = Patient("Zoë", "Ek 李", birth=date(1961, 2, 28), sex="Female", phone="0171 555", notes="Doorbell: top", created=WHEN)
    if tables.REVISION >= "0002":
        zoe = replace(zoe, figure="neutral")  # type: ignore[call-arg]  # of its own time
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
    first.needles = [
        Needle(
            first.id,
            SHIN,
            "ST36",
            1.2,
            "cun",
            0.25,
            40,
            Angle.PERPENDICULAR,
            Technique.TONIFY,
            True,
            25,
            WHEN,
            WHEN + timedelta(minutes=26),
        ),
        Needle(first.id, FOREARM, "TE5", 12.5, "mm", None, None, Angle.OBLIQUE, Technique.NONE, False, 25, WHEN, WHEN, 1),
        Needle(first.id, BROW, "", None, "cun", None, None, Angle.NONE, Technique.EVEN, None, 10, None, None, 2),
    ]
    first.adjuncts = [
        Adjunct(first.id, "Electro-stimulation", "2/120 Hz, ST36–TE5", 25),
        Adjunct(first.id, "Massage", "", None),
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


if __name__ == "__main__":
    made = Path(__file__).with_name(f"{tables.REVISION}.vault")
    if made.exists():
        sys.exit(f"{made} is frozen.")
    with Vault.create(made, PASSPHRASE, Practice("Lindenhof"), Practitioner("Anna Weber"), kdf=Kdf(64, 1, 1)) as fresh:
        fill(fresh)
