"""The practice of `neuro-chart demo`: the made-up patients of resources/demo, whose days are counted back from today."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Any

from neuro_chart.clinic.adjuncts import LEFT_IN, Adjunct, Spot
from neuro_chart.clinic.clocks import now as this_moment
from neuro_chart.clinic.events import AdverseEvent, EventKind
from neuro_chart.clinic.forms import Coding, Questionnaire, Value
from neuro_chart.clinic.intakes import Intake
from neuro_chart.clinic.library import Library
from neuro_chart.clinic.needles import Mishap
from neuro_chart.clinic.notation import read
from neuro_chart.clinic.people import Patient, Practice, Practitioner
from neuro_chart.clinic.prescribing import Names, Prescribing
from neuro_chart.clinic.visits import NOTE_FIELDS, Aftercare, Amendment, Visit
from neuro_chart.store.access import new_recovery
from neuro_chart.store.keys import Kdf, keys_path
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault

PASSPHRASE = "lantern willow harbour seven"  # noqa: S105 - it protects nobody: the patients are made up
FRIDAY = 4


@dataclass(frozen=True)
class Case:
    """A patient with all that is charted of them, oldest first."""

    patient: Patient
    intakes: list[Intake]
    visits: list[Visit]


def make_demo(path: Path, library: Library, kdf: Kdf | None = None, now: datetime | None = None) -> None:
    """Make the demo practice in a new vault at `path`, opened by PASSPHRASE; takes some seconds.

    Its last visits are of `now` (the present), with needles in. ValueError names what in resources/demo can't be charted; a file
    that is there stays, and whatever goes wrong leaves none behind.
    """
    folder = library.folder / "demo"
    moment = now or this_moment()
    practice = _read(folder / "practice.toml")
    practitioner = Practitioner(**practice["practitioner"])
    form = library.forms[practice["form"]]
    cases = [_case(file, form, library, practitioner.id, moment) for file in sorted((folder / "patients").glob("*.toml"))]
    vault = Vault.create(path, PASSPHRASE, Practice(**practice["practice"]), practitioner, kdf)
    try:
        with vault:
            acts = [(moment, act) for case in cases for moment, act in _acts(case)]
            for then, act in sorted(acts, key=itemgetter(0)):  # so that the trail tells them in their order
                act(Records(vault, partial(_same, then)))
            new_recovery(vault)  # nobody needs its key, and Today need not ask for it
    except BaseException:
        unmake(path)
        raise


def made_today(path: Path) -> bool:
    """Whether the vault there is from today, so that its running clocks still are."""
    return path.exists() and datetime.fromtimestamp(path.stat().st_mtime, UTC).astimezone().date() == this_moment().astimezone().date()


def unmake(path: Path) -> None:
    """Remove a demo practice, its keys and its journal, if they are there."""
    for file in (path, keys_path(path), path.with_name(f"{path.name}-wal")):
        file.unlink(missing_ok=True)


def _read(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _acts(case: Case) -> Iterator[tuple[datetime, Callable[[Records], object]]]:
    """The acts by which a case would have come to be on record, each with its time."""
    yield case.patient.created, lambda records: records.save_patient(case.patient)
    for intake in case.intakes:
        yield intake.started, partial(Records.start_intake, intake=replace(intake, completed=None, response={}))
        if intake.completed:
            yield intake.completed, partial(Records.complete_intake, intake_id=intake.id, response=intake.response)
    for visit in case.visits:
        yield visit.started, partial(Records.start_visit, visit=replace(visit, signed=None, signed_by=None, amendments=[]))
        if visit.signed:
            yield visit.signed, partial(Records.sign, visit_id=visit.id)
        for amendment in visit.amendments:
            yield amendment.written, partial(Records.amend, amendment=amendment)


def _same(moment: datetime) -> datetime:
    return moment


def _case(file: Path, form: Questionnaire, library: Library, practitioner_id: str, now: datetime) -> Case:
    told = _read(file)
    patient = Patient(**told["patient"], created=_hour(_day(now, told["health"][0]["days"]), told["hour"]) - timedelta(minutes=30))
    try:
        intakes = list(_intakes(patient, told, form, now))
        visits = list(_visits(patient.id, told, library, practitioner_id, now))
    except (KeyError, ValueError) as error:
        raise ValueError(f"{file.name}: {error}") from error
    return Case(patient, intakes, visits)


def _day(now: datetime, days: int) -> date:
    """The working day so many days ago; today is always one."""
    today = now.astimezone().date()
    return _working(today - timedelta(days=days)) if days else today


def _working(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - FRIDAY))


def _hour(day: date, hour: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(hour)).astimezone(UTC)


def _intakes(patient: Patient, told: Mapping[str, Any], form: Questionnaire, now: datetime) -> Iterator[Intake]:
    said: dict[str, Any] = {}
    for history in told["health"]:
        day = _day(now, history["days"])
        said |= {key: value for key, value in history.items() if key != "days"}
        said |= {"consent": True, "consent-by": "self", "consent-name": patient.name, "consent-date": day}
        answers = {link_id: _values(form, link_id, value) for link_id, value in said.items()}
        if errors := form.errors(answers, day):
            raise ValueError(str(errors))
        if hidden := answers.keys() - form.counted(answers).keys():
            raise ValueError(f"answered though not asked: {', '.join(sorted(hidden))}")
        started = _hour(day, told["hour"]) - timedelta(minutes=30)
        completed = started + timedelta(minutes=22)
        response = form.to_response(answers, finished=True, authored=completed, subject=f"Patient/{patient.id}")
        yield Intake(patient.id, form.canonical, response, started, completed)


def _values(form: Questionnaire, link_id: str, said: Value | list[Value]) -> list[Value]:
    codes: dict[Value, Value] = {option.code: option for option in form[link_id].options if isinstance(option, Coding)}
    return [codes.get(value, value) for value in (said if isinstance(said, list) else [said])]


def _visits(patient_id: str, told: Mapping[str, Any], library: Library, practitioner_id: str, now: datetime) -> Iterator[Visit]:
    standing: dict[str, Any] = {}
    for charted, following in zip(told["visit"], [*told["visit"][1:], None], strict=True):
        standing |= {key: charted[key] for key in ("rest", "feet", "exercises") if key in charted}
        started, inserted = _times(charted, told["hour"], now)
        open_still = "needles_in" in charted or "draft" in charted
        visit = Visit(
            patient_id,
            practitioner_id,
            started,
            **{name: charted.get(name, "") for name in (*NOTE_FIELDS, "room")},
            **{name: charted.get(name, {}) for name in ("tongue", "pulse")},
            **_scores(charted),
            aftercare=_aftercare(charted | standing, _expected(charted, following, now)),
            signed=None if open_still else started + timedelta(minutes=55),
            signed_by=None if open_still else practitioner_id,
        )
        if "needles" in charted:
            _treat(visit, charted, told["prescription"][charted["needles"]], inserted, library)
        if happened := charted.get("happened"):
            told_of = {name: happened[name] for name in ("words", "done", "outcome")}
            visit.events = [
                AdverseEvent(visit.id, EventKind(happened["kind"]), started + timedelta(minutes=happened["minutes"]), **told_of)
            ]
        if added := charted.get("amended"):
            written = _hour(_day(now, charted["days"] - added["days"]), "19:30")
            visit.amendments = [Amendment(visit.id, practitioner_id, added["text"], added["reason"], written)]
        yield visit


def _treat(visit: Visit, charted: Mapping[str, Any], prescription: Mapping[str, Any], inserted: datetime, library: Library) -> None:
    """Put the needles of a prescription and what is done beside them on a visit, at their times."""
    minutes = charted.get("minutes", prescription["minutes"])
    ended = None if visit.signed is None else inserted + timedelta(minutes=minutes)
    text = prescription["points"].strip()
    reading = read(text, library.catalogue, side="both")
    if reading.errors:
        raise ValueError("; ".join(error.sentence for error in reading.errors))
    effect = Prescribing(text, reading, visit, library.atlas, names=Names({}, {}), retention=minutes).effect()
    mishaps = {code: Mishap(word) for code, word in charted.get("mishap", {}).items()}
    for needle in effect.fresh(visit):
        if needle.point.partition(".")[0] not in charted.get("without", ()):
            size = {"gauge": prescription["gauge"], "length": prescription["length"]}
            mishap = mishaps.get(needle.point, Mishap.NONE)
            visit.needles.append(replace(needle, inserted=inserted, removed=ended, mishap=mishap, **size))
    visit.adjuncts = [
        _adjunct(visit, also, min(also.get("minutes", minutes), minutes), (inserted, ended), library)
        for also in (*prescription.get("also", ()), *charted.get("also", ()))
    ]


def _adjunct(visit: Visit, also: Mapping[str, Any], minutes: int, times: tuple[datetime, datetime | None], library: Library) -> Adjunct:
    """Something beside the needles; leads join two points on each side, and what is left in stays some days."""
    at = {(needle.point, needle.site.side): needle.id for needle in visit.needles}
    pairs = [
        (at[one, side], at[other, side])
        for one, other in map(str.split, also.get("leads", ()))
        for side in dict.fromkeys(needle.site.side for needle in visit.needles)
        if (one, side) in at and (other, side) in at
    ]
    spots = [Spot(site, code) for code in also.get("at", ()) for site in library.atlas.point_sites(code).values()]
    said = {key: value for key, value in also.items() if key not in {"leads", "at", "days", "minutes"}}
    made = Adjunct(visit.id, **said, pairs=tuple(pairs), spots=tuple(spots), started=times[0])
    if made.kind in LEFT_IN:
        return replace(made, until=visit.started.date() + timedelta(days=also["days"]), consent=True)
    return replace(made, minutes=minutes, ended=times[1] and min(times[1], times[0] + timedelta(minutes=minutes)))


def _aftercare(said: Mapping[str, Any], next_visit: date | None) -> Aftercare:
    words = said.get("words", "")
    return Aftercare(said.get("rest", 24), tuple(said.get("exercises", ())), said.get("feet", False), words, next_visit)


def _expected(charted: Mapping[str, Any], following: Mapping[str, Any] | None, now: datetime) -> date | None:
    if following:
        return _day(now, following["days"])
    return _working(_day(now, charted["days"]) + timedelta(days=charted["next"])) if "next" in charted else None


def _times(charted: Mapping[str, Any], usual: str, now: datetime) -> tuple[datetime, datetime]:
    """When a visit began, and when its needles went in."""
    if since := charted.get("needles_in"):
        minutes, seconds = since.split(":")
        inserted = now - timedelta(minutes=int(minutes), seconds=int(seconds))
        return inserted - timedelta(minutes=9), inserted
    started = now - timedelta(minutes=4) if charted.get("draft") else _hour(_day(now, charted["days"]), charted.get("at", usual))
    return started, started + timedelta(minutes=12)


def _scores(charted: Mapping[str, Any]) -> dict[str, Any]:
    return {
        f"{score}_{when}": value
        for score in ("pain", "numbness")
        for when, value in zip(("before", "after"), charted.get(score, ()), strict=False)
    }
