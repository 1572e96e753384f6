"""All that can be done on a visit, each with its words and its key: for the hands, and for the list of everything (Ctrl+K)."""

from functools import partial
from typing import TYPE_CHECKING

from neuro_chart.clinic.copying import ADJUNCTS, NEEDLES
from neuro_chart.ui.map_layout import SHEETS
from neuro_chart.ui.map_tools import Tool
from neuro_chart.ui.widgets import add_action

if TYPE_CHECKING:
    from neuro_chart.ui.visit import VisitPage


def add_actions(page: "VisitPage") -> None:
    """Give a visit page its actions."""
    treatment, do = page.treatment, page.needles.do
    add_action(page, "Insert all needles", "Ctrl+I", lambda: do(treatment.insert))
    add_action(page, "Insert the next point", "Ctrl+Return", lambda: do(lambda _ids: treatment.insert_next()))
    add_action(page, "Insert the selected needles", "Ctrl+Shift+I", lambda: do(treatment.insert, treatment.selected))
    add_action(page, "Pull all needles now", "Ctrl+Shift+P", page.pull_all)
    add_action(page, "Take out the selected needles", "Ctrl+Shift+O", lambda: do(treatment.take_out, treatment.selected))
    add_action(page, "Five minutes longer: selected needles, or all", "Ctrl+Shift+M", lambda: do(treatment.leave_longer, treatment.in_hand))
    add_action(page, "Pause or run on: selected needles, or all", "Ctrl+Shift+K", lambda: do(treatment.hold_or_resume, treatment.in_hand))
    add_action(page, "Start clocks anew: selected needles, or all", "", lambda: do(treatment.restart, treatment.in_hand))
    add_action(page, "Confirm what was copied from the last visit", "Ctrl+Shift+D", treatment.confirm)
    add_action(page, "Clock on the whole screen", "F11", page.clock.fill)
    add_action(page, "Place on both sides", "B", page.add.both.toggle)
    add_action(page, "Write the note", "Ctrl+T", page.left.write_note)
    add_action(page, "Type a prescription", "Ctrl+E", page.add.setFocus)
    add_action(page, "Protocols", "Ctrl+Shift+Y", page.add.show_protocols)
    add_action(page, "Keep these needles as a protocol", "", page.keep_as_protocol)
    add_action(page, "What a word was meant to be", "Alt+Return", page.add.offer)
    add_action(page, "Repeat the last visit's needles", "Ctrl+R", lambda: page.repeat_last((NEEDLES, ADJUNCTS)))
    add_action(page, "Add something beside the needles", "Ctrl+Shift+E", page.beside.show_menu)
    for kind in treatment.library.adjuncts:
        add_action(page, f"Add {kind.lower()}", "", partial(page.beside.add_kind, kind))
    add_action(page, "Join needles by leads: the selected, or all", "J", page.beside.join)
    add_action(page, "Choose what to repeat of the last visit", "Ctrl+Shift+R", page.last.show_menu)
    add_action(page, "Tongue and pulse", "Ctrl+Shift+T", page.left.show_tongue_pulse)
    add_action(page, "Count needles out", "Ctrl+Shift+C", page.left.show_counting)
    add_action(page, "What happened", "Ctrl+Shift+W", page.left.show_events)
    add_action(page, "Put the visit into another room", "Ctrl+Shift+G", page.room.offer)
    add_action(page, "Aftercare", "Ctrl+Shift+A", page.left.show_aftercare)
    add_action(page, "Sign visit", "Ctrl+Shift+S", page.left.show_signing)
    add_action(page, "About the chosen point", "F1", page.about_chosen)
    back = add_action(page, "Back to the note", "Escape", page.go_back)
    back.setEnabled(False)  # so that Escape is left to the map and the line while the note is shown
    page.left.currentChanged.connect(lambda place: back.setEnabled(place != 0))
    add_action(page, "Tone for overdue needles on or off", "", page.sound.click)
    add_action(page, "Layers of the body and its figure", "L", page.map_card.show_menu)
    add_action(page, "Select all needles", "Ctrl+A", lambda: treatment.select(needle.id for needle in treatment.needles))
    add_action(page, "Next needle", "N", lambda: page.map.keys.walk(1))
    add_action(page, "Previous needle", "P", lambda: page.map.keys.walk(-1))
    add_action(page, "Mirror the selected needles to the other side", "M", treatment.mirror_selected)
    add_action(page, "Lasso: draw round needles to select them", "S", page.map_card.lasso.click)
    add_action(page, "What the marks on the body mean, and its keys", "?", page.map_card.show_guide)
    add_action(page, "Ruler: measure in cun on the body", "R", partial(page.map.tools.turn, Tool.RULER))
    for place, (key, (title, _)) in enumerate(SHEETS.items(), 1):
        add_action(page, f"View: {title}", f"Alt+{place}", partial(page.map_card.show_sheet, key))
