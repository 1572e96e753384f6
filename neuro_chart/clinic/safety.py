"""What a health history means for safety: short advisories, each with its source. They advise; the practitioner decides."""

import tomllib
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from neuro_chart.clinic.forms import Answers, Coding, Condition, Questionnaire, answer_text


class Level(StrEnum):
    """How loud a warning is, loudest first."""

    ALERT = "alert"
    CAUTION = "caution"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Warning:  # noqa: A001 - the field's own word
    """One advisory: `text` for the head of the page, `advice` when it is opened, `sources` for both.

    A source is an address, a PMC number or a name, or "patient" where the patient's own word is all there is. `questions` are the link
    ids whose answers raised it (of a rule, those that can).
    """

    key: str
    level: Level
    text: str
    advice: str
    sources: tuple[str, ...]
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """When one warning is raised: by any of its conditions, but not beside a warning in `unless`.

    The text goes on with the answer to `quote`, where there is one, and its `unit` (for one, for more).
    """

    warning: Warning
    conditions: tuple[Condition, ...]
    quote: str = ""
    unit: tuple[str, str] = ("", "")
    unless: tuple[str, ...] = ()


def load_rules(path: Path) -> tuple[Rule, ...]:
    """The rules in a TOML file (see `resources/forms/warnings.toml` for its fields); `ValueError` or `KeyError` if it is malformed."""
    with path.open("rb") as file:
        entries = tomllib.load(file)["warning"]
    rules = []
    for entry in entries:
        conditions = tuple(
            Condition(question, operator, Coding(value) if isinstance(value, str) else value) for question, operator, value in entry["when"]
        )
        warning = Warning(
            key=entry["id"],
            level=Level(entry["level"]),
            text=entry["text"],
            advice=entry["advice"],
            sources=tuple(entry["source"]),
            questions=tuple(dict.fromkeys(condition.question for condition in conditions)),
        )
        rules.append(Rule(warning, conditions, entry.get("quote", ""), tuple(entry.get("unit", ("", ""))), tuple(entry.get("unless", ()))))
    return tuple(rules)


def warnings(form: Questionnaire, answers: Answers, rules: tuple[Rule, ...]) -> list[Warning]:
    """The warnings that these answers to this form raise, loudest first; hidden answers raise none."""
    given = form.counted(answers)
    raised: dict[str, Warning] = {}
    for rule in rules:
        holding = [
            condition for condition in rule.conditions if condition.question in form and condition.holds(given.get(condition.question, ()))
        ]
        if not holding or any(key in raised for key in rule.unless):
            continue
        text = rule.warning.text
        if rule.quote in given:
            quoted = answer_text(form[rule.quote], given[rule.quote])
            text = f"{text}: {quoted} {rule.unit[quoted != '1']}".rstrip()
        questions = tuple(dict.fromkeys(condition.question for condition in holding))
        raised[rule.warning.key] = replace(rule.warning, text=text, questions=questions)
    return sorted(raised.values(), key=lambda warning: list(Level).index(warning.level))
