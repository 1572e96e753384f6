"""What is done beside the needles: electro-stimulation, moxa, cupping, a lamp, and what is left in for days."""

from dataclasses import dataclass, field
from datetime import date, datetime

from neuro_chart.clinic.clocks import Clock
from neuro_chart.clinic.needles import Site
from neuro_chart.clinic.people import new_id

ELECTRO, MOXA, CUPPING, LAMP = "Electro-stimulation", "Moxibustion", "Cupping", "Infrared lamp"
GUA_SHA, TUINA, PRESS, SEEDS = "Gua sha", "Tuina", "Press needles", "Seeds"
LEFT_IN = (PRESS, SEEDS)
LONGEST_MINUTES = 600


@dataclass(frozen=True)
class Spot:
    """A place where something is done: a site, and the point there if it is one."""

    site: Site
    point: str = ""


@dataclass
class Adjunct:
    """One thing done beside the needles, with a clock of its own.

    `kind` is one of those above (older charts hold other words). `frequency` is in Hz ("2", or "2/100" where two take turns), `intensity`
    as the patient or the device says it, `amount` the number of cones, cups or seeds. `pairs` are the ids of needles that a lead joins,
    `spots` and `strokes` where it is done: single places, and lines drawn over the skin. What is left in is to be taken out on the day
    `until`, with the patient's `consent`. Without `minutes` its clock only counts up.
    """

    visit_id: str
    kind: str
    setting: str = ""
    minutes: int | None = None
    method: str = ""
    waveform: str = ""
    frequency: str = ""
    intensity: str = ""
    size: str = ""
    amount: int | None = None
    pairs: tuple[tuple[str, str], ...] = ()
    spots: tuple[Spot, ...] = ()
    strokes: tuple[tuple[Site, ...], ...] = ()
    started: datetime | None = None
    ended: datetime | None = None
    paused: datetime | None = None
    held: int = 0
    until: date | None = None
    consent: bool = False
    copied: bool = False
    position: int = 0
    id: str = field(default_factory=new_id)

    @property
    def clock(self) -> Clock:
        """How long it is done."""
        return Clock(self.minutes, self.started, self.ended, self.paused, self.held)

    @property
    def is_running(self) -> bool:
        """Begun and not ended; what is left in for days does not run."""
        return self.clock.is_open and self.kind not in LEFT_IN

    def errors(self) -> dict[str, str]:
        """What keeps this from being stored: field name to a sentence."""
        found = {}
        if self.minutes is not None and not 1 <= self.minutes <= LONGEST_MINUTES:
            found["minutes"] = f"What is done beside the needles takes 1 to {LONGEST_MINUTES} minutes, or an unknown time."
        if self.amount is not None and not 1 <= self.amount <= 100:
            found["amount"] = "A number of cones, cups or seeds lies between 1 and 100."
        if self.ended is not None and (self.started is None or self.ended < self.started):
            found["ended"] = "It ends after it began."
        return found
