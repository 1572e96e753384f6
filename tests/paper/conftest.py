"""A visit as it comes from the chart: twelve needles for painful diabetic neuropathy, signed and amended; and its papers, read back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from io import BytesIO

import pytest
from pypdf import PdfReader

from neuro_chart.clinic.adjuncts import Adjunct
from neuro_chart.clinic.library import Library
from neuro_chart.clinic.needles import Needle, Technique
from neuro_chart.clinic.people import Patient, Practice, Practitioner
from neuro_chart.clinic.protocols import Protocol
from neuro_chart.clinic.visits import Aftercare, Amendment, Visit
from neuro_chart.paper.aftercare import aftercare_sheet
from neuro_chart.paper.visit import visit_paper

POINTS = ("ST36", "GB39", "SP9", "SP6", "LR3", "GB41")


class Printed:
    """A paper, read back. pages: the words of each page, with single spaces; squeezed: all letters without any space, for broken words."""

    def __init__(self, pdf: bytes) -> None:
        self.pdf = pdf
        self.reader = PdfReader(BytesIO(pdf))
        self.pages = [" ".join(page.extract_text().split()) for page in self.reader.pages]
        self.words = " ".join(self.pages)
        self.squeezed = "".join(self.words.split())
        self.metadata = " ".join(str(value) for value in (self.reader.metadata or {}).values())


@dataclass
class Case:
    """All that a paper needs; a test changes a part and prints."""

    practice: Practice
    practitioner: Practitioner
    patient: Patient
    visit: Visit
    library: Library

    def aftercare(self) -> Printed:
        return Printed(aftercare_sheet(self.practice, self.practitioner, self.patient, self.visit, self.library, tz=UTC))

    def record(self, tz: tzinfo = UTC, protocols: Sequence[Protocol] = ()) -> Printed:
        people = {self.practitioner.id: self.practitioner}
        return Printed(visit_paper(self.practice, people, self.patient, self.visit, self.library, protocols=protocols, tz=tz))


@pytest.fixture
def case(library: Library) -> Case:
    practitioner, patient = Practitioner("Anna Weber"), Patient("Rosa", "Delgado", "Rosita", date(1964, 3, 2), "female")
    started = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    visit = Visit(
        patient.id,
        practitioner.id,
        started,
        "Burning at night.",
        "Monofilament 6 of 10.",
        "Improving.",
        "Twice weekly.",
        6,
        4,
        5,
        5,
        Aftercare(24, ("calf-stretch", "heel-raises"), foot_care=True, words="Well walked, Rosita.", next_visit=date(2026, 11, 24)),
        signed=started + timedelta(hours=1),
        signed_by=practitioner.id,
    )
    sites = [(code, site) for code in POINTS for site in library.atlas.point_sites(code).values()]
    into = started + timedelta(minutes=8)
    visit.needles += [
        Needle(
            visit.id,
            site,
            code,
            1.0,
            gauge=0.25,
            length=40,
            technique=Technique.EVEN,
            de_qi=True,
            inserted=into,
            removed=into + timedelta(minutes=30),
            position=k,
        )
        for k, (code, site) in enumerate(sites)
    ]
    visit.adjuncts.append(Adjunct(visit.id, "electro-stimulation", "2/120 Hz", 30))
    amendment = Amendment(
        visit.id, practitioner.id, "She phoned: the left foot tingled.", "She phoned the day after", started + timedelta(days=1)
    )
    practice = Practice("Lindenhof Acupuncture", "Anna Weber, Dipl. Ac.\n4 Linden Lane\n+1 555 0192")
    return Case(practice, practitioner, patient, replace(visit, amendments=[amendment]), library)
