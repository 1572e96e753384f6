"""Questionnaires and their answers: what is asked, when it is asked, and what is still missing.

A form is a FHIR R4 *Questionnaire*, a filled one a *QuestionnaireResponse*. This module reads the part of the format that a health
history needs; whatever else a form uses is named in `Questionnaire.unsupported`, never dropped in silence.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, TypeAlias


class FormError(ValueError):
    """A form or a filled form that can't be read; the message is a whole sentence without anything a patient wrote."""


@contextmanager
def _answers_only() -> Iterator[None]:
    """FormError where something else stands in the place of answers."""
    try:
        yield
    except (TypeError, AttributeError) as error:
        raise FormError("These answers are not written as those of a form.") from error


class Kind(StrEnum):
    """What an item of a form is: a group, a text to read, or a kind of question."""

    GROUP = "group"
    DISPLAY = "display"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    STRING = "string"
    TEXT = "text"
    DATE = "date"
    CHOICE = "choice"
    OPEN_CHOICE = "open-choice"


@dataclass(frozen=True, slots=True)
class Coding:
    """One choice: a code in a system, with the words that are shown. Two codings are equal when code and system are."""

    code: str
    display: str = field(default="", compare=False)
    system: str = ""


Value: TypeAlias = bool | int | float | str | date | Coding
"""One answer. What can't be read as the question's kind (a date being typed, say) stays as the words typed, and `errors` says so."""

Answers: TypeAlias = Mapping[str, Sequence[Value]]
"""The values given to each question, by its link id."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One `enableWhen`: how a question's answers compare with a value."""

    question: str
    operator: str
    value: Value

    def holds(self, values: Sequence[Value]) -> bool:
        """Whether it holds for these answers.

        `exists` asks whether there is an answer at all, `!=` that no answer is equal; the others that at least one answer compares so
        (hl7.org/fhir/R4/valueset-questionnaire-enable-operator.html).
        """
        match self.operator:
            case "exists":
                return bool(values) == self.value
            case "!=":
                return not any(_equal(value, self.value) for value in values)
            case _:
                return any(_compare(value, self.operator, self.value) for value in values)


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a form.

    `label` is the short wording for reading back (the text, if the form has none); `hint` is shown in an empty field; `low` and `high`
    say what the ends of a slider mean; `exclusive` are the options that rule all others out; `source` is an address for the facts in
    the text.
    """

    link_id: str
    kind: Kind
    text: str = ""
    label: str = ""
    help: str = ""
    hint: str = ""
    source: str = ""
    required: bool = False
    repeats: bool = False
    slider: bool = False
    low: str = ""
    high: str = ""
    minimum: float | date | None = None
    maximum: float | date | None = None
    not_after_today: bool = False
    max_length: int | None = None
    options: tuple[Value, ...] = ()
    exclusive: tuple[Value, ...] = ()
    conditions: tuple[Condition, ...] = ()
    any_condition: bool = False
    items: tuple["Item", ...] = ()

    @property
    def is_question(self) -> bool:
        """Whether it can be answered."""
        return self.kind not in {Kind.GROUP, Kind.DISPLAY}

    def walk(self) -> Iterator["Item"]:
        """The item and all below it, in the order of the page."""
        yield self
        for item in self.items:
            yield from item.walk()


@dataclass(frozen=True, slots=True)
class Section:
    """One page to step through: a top-level group, or the questions that stand between two groups.

    `title` is short, for a list; `text` is the heading that the patient reads.
    """

    link_id: str
    title: str
    text: str
    help: str
    items: tuple[Item, ...]

    def walk(self) -> Iterator[Item]:
        """Every item of the section, in the order of the page."""
        for item in self.items:
            yield from item.walk()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a section is: questions asked, answered, and how many required ones are still open."""

    asked: int
    answered: int
    missing: int


class Questionnaire:
    """A form as it was released: fixed, known by its address and version.

    Built from the parsed JSON of a FHIR R4 Questionnaire; `FormError` if it is none, if two items share a link id, or if conditions
    refer to nothing or to each other in a circle.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        if not isinstance(data, Mapping) or data.get("resourceType") != "Questionnaire":
            raise FormError("This file is not a FHIR Questionnaire.")
        reader = _Reader()
        try:
            self.url = str(data["url"])
            self.version = str(data["version"])
            self.title = str(data["title"])
            self.date = str(data.get("date", ""))
            self.publisher = str(data.get("publisher", ""))
            self.items = reader.items(data.get("item", ()))
        except RecursionError as error:
            raise FormError("This form is nested too deeply.") from error
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            if isinstance(error, FormError):
                raise
            raise FormError(f"This form can't be read: {type(error).__name__} ({error}).") from error
        reader.name_others("the form", data, _FORM_KEYS)
        self.unsupported = list(dict.fromkeys(reader.unsupported))
        """What the form asks for and this program can't do, one phrase each."""
        self.sections = tuple(self._sections())
        self._parents = {child.link_id: item for item in self.walk() for child in item.items}
        self._by_id = {item.link_id: item for item in self.walk()}
        if len(self._by_id) != sum(1 for _ in self.walk()):
            raise FormError("Two questions of this form share one link id.")
        self._order = self._dependencies_first()

    @classmethod
    def load(cls, path: Path) -> "Questionnaire":
        """The form in a JSON file; `FormError` if it can't be read."""
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except (ValueError, RecursionError) as error:
            raise FormError(f"{path.name} is not a JSON file.") from error
        return cls(data)

    @property
    def canonical(self) -> str:
        """Address and version in one, as a response names its form."""
        return f"{self.url}|{self.version}"

    def __getitem__(self, link_id: str) -> Item:
        return self._by_id[link_id]

    def __contains__(self, link_id: str) -> bool:
        return link_id in self._by_id

    def walk(self) -> Iterator[Item]:
        """Every item, in the order of the page."""
        for item in self.items:
            yield from item.walk()

    def visible(self, answers: Answers) -> dict[str, Item]:
        """The items to show for these answers, by link id, in the order of the page.

        An item is shown when all above it is, its conditions hold, and, below a question, that question is answered (FHIR can keep
        such answers nowhere else). The answers of a hidden question count for no condition.
        """
        shown: set[str] = set()
        for link_id in self._order:
            item, parent = self._by_id[link_id], self._parents.get(link_id)
            if parent and (parent.link_id not in shown or (parent.is_question and not _given(answers, parent.link_id))):
                continue
            tests = (
                condition.holds(_given(answers, condition.question) if condition.question in shown else []) for condition in item.conditions
            )
            if not item.conditions or (any(tests) if item.any_condition else all(tests)):
                shown.add(link_id)
        return {link_id: item for link_id, item in self._by_id.items() if link_id in shown}

    def counted(self, answers: Answers) -> dict[str, list[Value]]:
        """The answers that count: those given to visible questions, in the order of the page, blanks left out."""
        return _counted(answers, self.visible(answers))

    def errors(self, answers: Answers, today: date | None = None) -> dict[str, str]:
        """What is wrong or missing among the visible questions: one plain sentence a link id, in the order of the page.

        With `today`, dates that can't lie in the future are held to it.
        """
        visible = self.visible(answers)
        return _errors(visible, _counted(answers, visible), today)

    def progress(self, answers: Answers) -> dict[str, Progress]:
        """How far each visible section is, by the section's link id."""
        visible = self.visible(answers)
        given = _counted(answers, visible)
        errors = _errors(visible, given, None)
        result = {}
        for section in self.sections:
            shown = [item for item in section.walk() if item.link_id in visible]
            if not shown:
                continue
            asked = [item.link_id for item in shown if item.is_question]
            result[section.link_id] = Progress(
                asked=len(asked),
                answered=sum(link_id in given for link_id in asked),
                missing=sum(item.required and item.link_id in errors for item in shown),
            )
        return result

    def to_response(self, answers: Answers, *, finished: bool, authored: datetime, subject: str = "") -> dict[str, Any]:
        """The FHIR R4 QuestionnaireResponse: nested as the form is, with the answers that count only.

        `authored` is an aware time, `subject` a reference such as "Patient/<id>". `ValueError` if it is to be finished with errors left.
        """
        if finished and self.errors(answers):
            raise ValueError("A form with open questions can't be finished.")
        response: dict[str, Any] = {
            "resourceType": "QuestionnaireResponse",
            "questionnaire": self.canonical,
            "status": "completed" if finished else "in-progress",
            "authored": authored.isoformat(timespec="seconds"),
        }
        if subject:
            response["subject"] = {"reference": subject}
        if items := _nodes(self.items, self.counted(answers)):
            response["item"] = items
        return response

    @_answers_only()
    def from_response(self, data: Mapping[str, Any]) -> dict[str, list[Value]]:
        """The answers in a QuestionnaireResponse to this form.

        `FormError` if it answers another form or version, a question that this one doesn't ask, or uses a kind of value unknown here.
        """
        named = str(data.get("questionnaire", ""))
        if data.get("resourceType") != "QuestionnaireResponse" or named not in {self.canonical, self.url}:
            raise FormError("These answers belong to another form, or to another version of it.")
        answers: dict[str, list[Value]] = {}
        waiting = list(data.get("item", ()))
        while waiting:
            node = waiting.pop()
            link_id = node.get("linkId")
            if link_id not in self._by_id or link_id in answers:
                raise FormError(f"This form asks no question {link_id!r}, or asks it only once.")
            given = node.get("answer", ())
            if values := [_decoded(answer) for answer in given]:
                answers[link_id] = values
            waiting += node.get("item", ())
            for answer in given:
                waiting += answer.get("item", ())
        return {link_id: answers[link_id] for link_id in self._by_id if link_id in answers}

    def _sections(self) -> Iterator[Section]:
        loose: list[Item] = []

        def gathered() -> Iterator[Section]:
            if loose:
                yield Section(loose[0].link_id, self.title, self.title, "", tuple(loose))
                loose.clear()

        for item in self.items:
            if item.kind is Kind.GROUP:
                yield from gathered()
                yield Section(item.link_id, item.label, item.text, item.help, item.items)
            else:
                loose.append(item)
        yield from gathered()

    def _dependencies_first(self) -> tuple[str, ...]:
        graph: dict[str, set[str]] = {}
        for link_id, item in self._by_id.items():
            needed = {condition.question for condition in item.conditions}
            if not needed <= self._by_id.keys():
                raise FormError(f"A condition of {link_id!r} refers to a question that the form doesn't ask.")
            parent = self._parents.get(link_id)
            graph[link_id] = needed | ({parent.link_id} if parent else set())
        try:
            return tuple(TopologicalSorter(graph).static_order())
        except CycleError as error:
            raise FormError("Some conditions of this form refer to each other in a circle.") from error


def load_forms(folder: Path) -> dict[str, Questionnaire]:
    """Every Questionnaire in a folder's JSON files by its `canonical`, an address's versions from old to new.

    `FormError` if two files claim one version, for a released form never changes.
    """
    forms = [Questionnaire.load(path) for path in sorted(folder.glob("*.json"))]
    forms.sort(key=lambda form: (form.url, [(int(part), "") if part.isdigit() else (-1, part) for part in form.version.split(".")]))
    by_name = {form.canonical: form for form in forms}
    if len(by_name) != len(forms):
        raise FormError("Two forms in this folder claim the same address and version.")
    return by_name


def newest(forms: Mapping[str, Questionnaire], url: str) -> Questionnaire:
    """The latest version of the form with this address; `KeyError` if there is none."""
    versions = [form for form in forms.values() if form.url == url]
    if not versions:
        raise KeyError(url)
    return versions[-1]


def pack(answers: Answers) -> dict[str, list[dict[str, Any]]]:
    """Answers as plain JSON, hidden and unfinished ones too: how a draft is kept."""
    return {link_id: [_encoded(value) for value in values] for link_id, values in answers.items()}


@_answers_only()
def unpack(data: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, list[Value]]:
    """The answers that `pack` wrote; `FormError` for a kind of value unknown here."""
    return {link_id: [_decoded(value) for value in values] for link_id, values in data.items()}


def value_text(value: Value, day: Callable[[date], str] = date.isoformat) -> str:
    """A value in words."""
    match value:
        case bool():
            return "Yes" if value else "No"
        case date():
            return day(value)
        case Coding():
            return value.display or value.code
        case float():
            return f"{value:.12g}"
        case _:
            return str(value)


def answer_text(item: Item, values: Sequence[Value], day: Callable[[date], str] = date.isoformat) -> str:
    """A question's answers in words, a slider's with its scale ("7 of 10")."""
    words = ", ".join(value_text(value, day) for value in values)
    return f"{words} of {item.maximum}" if item.slider and item.maximum is not None else words


def _given(answers: Answers, link_id: str) -> list[Value]:
    """The answers to a question without blank ones."""
    return [value for value in answers.get(link_id, ()) if not isinstance(value, str) or value.strip()]


def _counted(answers: Answers, visible: Mapping[str, Item]) -> dict[str, list[Value]]:
    return {link_id: values for link_id, item in visible.items() if item.is_question and (values := _given(answers, link_id))}


def _errors(visible: Mapping[str, Item], given: Mapping[str, Sequence[Value]], today: date | None) -> dict[str, str]:
    found = {}
    for link_id, item in visible.items():
        if link_id in given:
            sentence = _fault(item, given[link_id], today)
        elif item.required and item.kind is not Kind.DISPLAY and not any(below.link_id in given for below in item.walk()):
            sentence = "Please answer this one."
        else:
            sentence = ""
        if sentence:
            found[link_id] = sentence
    return found


def _fault(item: Item, values: Sequence[Value], today: date | None) -> str:
    if len(values) > 1 and not item.repeats:
        return "Please give one answer only."
    if len(values) > 1 and (alone := next((value for value in values if value in item.exclusive), None)):
        return f"“{value_text(alone)}” can't stand beside another answer."
    return next((sentence for value in values if (sentence := _value_fault(item, value, today))), "")


def _value_fault(item: Item, value: Value, today: date | None) -> str:
    match item.kind:
        case Kind.BOOLEAN:
            return "" if isinstance(value, bool) else "Please answer yes or no."
        case Kind.INTEGER | Kind.DECIMAL:
            return _number_fault(item, value)
        case Kind.DATE:
            return _date_fault(item, value, today)
        case Kind.CHOICE:
            return "" if value in item.options else "Please choose one of the answers shown."
        case Kind.OPEN_CHOICE if not isinstance(value, str):
            return "" if value in item.options else "Please choose one of the answers shown, or write your own."
        case _:
            return _text_fault(item, value)


def _number_fault(item: Item, value: Value) -> str:
    wanted = "a whole number" if item.kind is Kind.INTEGER else "a number"
    allowed = int if item.kind is Kind.INTEGER else int | float
    low, high = item.minimum, item.maximum
    if isinstance(value, bool) or not isinstance(value, allowed) or not -(2**31) <= value < 2**31:
        return f"Please give {wanted}{_range(low, high)}."
    outside = (isinstance(low, int | float) and value < low) or (isinstance(high, int | float) and value > high)
    return f"Please give {wanted}{_range(low, high)}." if outside else ""


def _range(low: float | date | None, high: float | date | None) -> str:
    if low is not None and high is not None:
        return f" from {low} to {high}"
    return f" of {low} or more" if low is not None else f" of {high} or less" if high is not None else ""


def _date_fault(item: Item, value: Value, today: date | None) -> str:
    if not isinstance(value, date):
        return "This is no day on the calendar. Give day, month and year."
    if item.not_after_today and today is not None and value > today:
        return "This day is still to come. Please check the year."
    if isinstance(item.minimum, date) and value < item.minimum:
        return f"Please give a day from {item.minimum.isoformat()} on."
    if isinstance(item.maximum, date) and value > item.maximum:
        return f"Please give a day up to {item.maximum.isoformat()}."
    return ""


def _text_fault(item: Item, value: Value) -> str:
    if not isinstance(value, str):
        return "Please answer in words."
    if item.max_length is not None and len(value) > item.max_length:
        return f"Please keep this to {item.max_length} characters; it has {len(value)}."
    return ""


def _equal(value: Value, wanted: Value) -> bool:
    if isinstance(value, Coding) and isinstance(wanted, Coding) and not wanted.system:
        return value.code == wanted.code
    return isinstance(value, bool) == isinstance(wanted, bool) and value == wanted


def _compare(value: Value, operator: str, wanted: Value) -> bool:
    if operator == "=":
        return _equal(value, wanted)
    kinds: tuple[Any, ...] = (int | float, date, str)
    comparable: Any = value
    if isinstance(value, bool) or not any(isinstance(value, kind) and isinstance(wanted, kind) for kind in kinds):
        return False
    match operator:
        case ">":
            return bool(comparable > wanted)
        case "<":
            return bool(comparable < wanted)
        case ">=":
            return bool(comparable >= wanted)
        case _:
            return bool(comparable <= wanted)


def _nodes(items: Sequence[Item], given: Mapping[str, Sequence[Value]]) -> list[dict[str, Any]]:
    nodes = []
    for item in items:
        below = _nodes(item.items, given)
        values = given.get(item.link_id, ())
        if not below and not values:
            continue
        node: dict[str, Any] = {"linkId": item.link_id}
        if item.text:
            node["text"] = item.text
        if item.is_question:
            node["answer"] = [_encoded(value, item.kind) for value in values]
            if below:
                node["answer"][0]["item"] = below
        else:
            node["item"] = below
        nodes.append(node)
    return nodes


def _encoded(value: Value, kind: Kind | None = None) -> dict[str, Any]:
    match value:
        case bool():
            return {"valueBoolean": value}
        case int():
            return {"valueDecimal" if kind is Kind.DECIMAL else "valueInteger": value}
        case float():
            return {"valueDecimal": value}
        case date():
            return {"valueDate": value.isoformat()}
        case Coding():
            parts = {"system": value.system, "code": value.code, "display": value.display}
            return {"valueCoding": {name: part for name, part in parts.items() if part or name == "code"}}
        case _:
            return {"valueString": value}


def _decoded(data: Mapping[str, Any], prefix: str = "value") -> Value:
    """The one typed value in a FHIR element (`valueInteger`, `answerCoding`…)."""
    names = [name for name in data if name.startswith(prefix) and name[len(prefix) :][:1].isupper()]
    if len(names) != 1:
        raise FormError("An answer has no value, or more than one.")
    raw, kind = data[names[0]], names[0].removeprefix(prefix)
    try:
        match kind:
            case "Boolean" if isinstance(raw, bool):
                return raw
            case "Integer" if isinstance(raw, int) and not isinstance(raw, bool):
                return raw
            case "Decimal" if isinstance(raw, int | float) and not isinstance(raw, bool):
                return float(raw)
            case "String" if isinstance(raw, str):
                return raw
            case "Date" if isinstance(raw, str):
                return date.fromisoformat(raw)
            case "Coding":
                return Coding(str(raw.get("code", raw.get("display", ""))), str(raw.get("display", "")), str(raw.get("system", "")))
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
        raise FormError(f"An answer holds a {kind} that can't be read.") from error
    raise FormError(f"An answer holds a {kind}, which this program can't read.")


_FHIR = "http://hl7.org/fhir/StructureDefinition/"
_SHORT_TEXT = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-shortText"
_CONTROLS = frozenset({"slider", "radio-button", "check-box", "text-box"})
_OPERATORS = frozenset({"exists", "=", "!=", ">", "<", ">=", "<="})
_FORM_KEYS = frozenset(
    {
        *("resourceType", "id", "meta", "text", "language", "url", "identifier", "version", "name", "title", "status", "experimental"),
        *("subjectType", "date", "publisher", "contact", "description", "useContext", "jurisdiction", "purpose", "copyright"),
        *("approvalDate", "lastReviewDate", "effectivePeriod", "code", "item"),
    }
)
_ITEM_KEYS = frozenset(
    {
        *("id", "linkId", "definition", "code", "prefix", "text", "type", "enableWhen", "enableBehavior", "required", "repeats"),
        *("maxLength", "answerOption", "extension", "item"),
    }
)
_ITEM_EXTENSIONS = {
    _FHIR + "minValue": "minimum",
    _FHIR + "maxValue": "maximum",
    _FHIR + "entryFormat": "hint",
    _FHIR + "questionnaire-supportLink": "source",
    _FHIR + "questionnaire-itemControl": "control",
    _SHORT_TEXT: "label",
}


class _Reader:
    """Reads items and notes what it can't do."""

    def __init__(self) -> None:
        self.unsupported: list[str] = []

    def name_others(self, where: str, data: Mapping[str, Any], known: frozenset[str]) -> None:
        self.unsupported += [f"{where}: {key}" for key in data if key not in known]

    def items(self, data: Sequence[Mapping[str, Any]]) -> tuple[Item, ...]:
        return tuple(self._item(entry) for entry in data)

    def _item(self, data: Mapping[str, Any]) -> Item:
        link_id = str(data["linkId"])
        self.name_others(link_id, data, _ITEM_KEYS)
        more = self._extensions(link_id, data.get("extension", ()))
        control = more.pop("control", "")
        legend, children = self._legend(data.get("item", ()))
        options, exclusive = self._options(link_id, data.get("answerOption", ()))
        kind, repeats = self._kind(link_id, data, options)
        text = " ".join(str(data[key]) for key in ("prefix", "text") if data.get(key))
        if not isinstance(longest := data.get("maxLength"), int | None):
            raise FormError(f"The most characters that {link_id!r} may have are no number.")
        item = Item(
            link_id=link_id,
            kind=kind,
            text=text,
            label=str(more.pop("label", "") or text),
            required=bool(data.get("required", False)),
            repeats=repeats,
            slider=control == "slider" and kind is Kind.INTEGER and {"minimum", "maximum"} <= more.keys(),
            max_length=longest,
            options=options,
            exclusive=exclusive,
            conditions=self._conditions(link_id, data.get("enableWhen", ())),
            any_condition=data.get("enableBehavior") == "any",
            items=self.items(children),
            **legend,
            **more,
        )
        if control and control not in _CONTROLS:
            self.unsupported.append(f"{link_id}: the control {control!r}")
        elif control == "slider" and not item.slider:
            self.unsupported.append(f"{link_id}: a slider without whole numbers and both ends")
        return item

    def _kind(self, link_id: str, data: Mapping[str, Any], options: tuple[Value, ...]) -> tuple[Kind, bool]:
        name = str(data["type"])
        repeats = bool(data.get("repeats", False))
        try:
            kind = Kind(name)
        except ValueError:
            self.unsupported.append(f"{link_id}: questions of type {name!r}")
            return Kind.DISPLAY, False
        if kind is Kind.CHOICE and not options:
            self.unsupported.append(f"{link_id}: a choice without options of its own")
            return Kind.DISPLAY, False
        if repeats and kind not in {Kind.CHOICE, Kind.OPEN_CHOICE}:
            self.unsupported.append(f"{link_id}: repeats on {name!r}")
            return kind, False
        if repeats and any(child.get("type") != "display" for child in data.get("item", ())):
            self.unsupported.append(f"{link_id}: questions below each of several answers")
        return kind, repeats

    def _options(self, link_id: str, data: Sequence[Mapping[str, Any]]) -> tuple[tuple[Value, ...], tuple[Value, ...]]:
        options, exclusive = [], []
        for entry in data:
            option = _decoded(entry)
            options.append(option)
            self.name_others(link_id, {key: 1 for key in entry if not key.startswith("value")}, frozenset({"id", "extension"}))
            for extension in entry.get("extension", ()):
                if extension.get("url") != _FHIR + "questionnaire-optionExclusive":
                    self.unsupported.append(f"{link_id}: {extension.get('url')}")
                elif _decoded(extension) is True:
                    exclusive.append(option)
        return tuple(options), tuple(exclusive)

    def _conditions(self, link_id: str, data: Sequence[Mapping[str, Any]]) -> tuple[Condition, ...]:
        conditions = []
        for entry in data:
            operator = str(entry["operator"])
            try:
                value = _decoded(entry, "answer")
            except FormError:
                self.unsupported.append(f"{link_id}: a condition on a kind of answer unknown here")
                continue
            if operator not in _OPERATORS:
                self.unsupported.append(f"{link_id}: conditions with {operator!r}")
                continue
            conditions.append(Condition(str(entry["question"]), operator, value))
        return tuple(conditions)

    def _extensions(self, link_id: str, data: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for extension in data:
            url = str(extension.get("url", ""))
            name = _ITEM_EXTENSIONS.get(url)
            try:
                if name == "control":
                    found[name] = str(extension["valueCodeableConcept"]["coding"][0]["code"])
                elif name == "source":
                    found[name] = str(extension["valueUri"])
                elif name == "maximum" and _is_today(extension):
                    found["not_after_today"] = True
                elif name:
                    found[name] = _decoded(extension)
                else:
                    self.unsupported.append(f"{link_id}: {url}")
            except (FormError, LookupError):
                self.unsupported.append(f"{link_id}: {url} with a value unknown here")
        return found

    def _legend(self, data: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Any], list[Mapping[str, Any]]]:
        """Help and the words at a slider's ends are display items of their own in FHIR; here they belong to their question."""
        legend: dict[str, Any] = {}
        children = []
        names = {"help": "help", "lower": "low", "upper": "high"}
        for entry in data:
            extensions = entry.get("extension", ()) if entry.get("type") == "display" else ()
            controls = [self._extensions(str(entry["linkId"]), [one]).get("control", "") for one in extensions]
            if len(controls) == 1 and controls[0] in names and not entry.get("enableWhen"):
                legend[names[controls[0]]] = str(entry.get("text", ""))
            else:
                children.append(entry)
        return legend, children


def _is_today(extension: Mapping[str, Any]) -> bool:
    """Whether a bound is FHIRPath's `today()` rather than a fixed value."""
    inner = extension.get("_valueDate", {}).get("extension", ())
    ways = {_FHIR + "cqf-expression", _FHIR + "cqf-calculatedValue"}
    return any(one.get("url") in ways and one.get("valueExpression", {}).get("expression") == "today()" for one in inner)
