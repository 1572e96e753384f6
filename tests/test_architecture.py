"""The house: an arrow may only point down."""

from pathlib import Path

from pytest_archon import archrule

import neuro_chart

STANDARD_ROOMS = ["neuro_chart.store*", "neuro_chart.paper*", "neuro_chart.ui*", "neuro_chart.demo", "neuro_chart.tour", "neuro_chart.hand"]
LIBRARIES = ["PySide6*", "sqlalchemy*", "sqlcipher3*", "alembic*", "reportlab*", "cryptography*"]


def test_the_clinic_knows_only_itself_and_the_standard_library():
    archrule("clinic").match("neuro_chart.clinic*").should_not_import(*STANDARD_ROOMS, *LIBRARIES, "neuro_chart.resources").check(
        "neuro_chart"
    )


def test_the_store_knows_neither_paper_nor_windows():
    archrule("store").match("neuro_chart.store*").should_not_import(
        "neuro_chart.paper*", "neuro_chart.ui*", "PySide6*", "reportlab*"
    ).check("neuro_chart")


def test_paper_knows_neither_store_nor_windows():
    archrule("paper").match("neuro_chart.paper*").should_not_import(
        "neuro_chart.store*", "neuro_chart.ui*", "PySide6*", "sqlalchemy*"
    ).check("neuro_chart")


def test_windows_leave_tables_and_pages_to_their_rooms():
    archrule("ui").match("neuro_chart.ui*").should_not_import(
        "sqlalchemy*",
        "sqlcipher3*",
        "alembic*",
        "reportlab*",
        "neuro_chart.demo",
        "neuro_chart.tour",
        "neuro_chart.hand",
        "neuro_chart.rehearsal",
        "neuro_chart.telling",
    ).check("neuro_chart", only_direct_imports=True)


def test_only_the_vault_its_door_its_check_and_the_upgrades_know_sqlite():
    archrule("sqlite").match("neuro_chart.store*").exclude(
        "neuro_chart.store.vault", "neuro_chart.store.door", "neuro_chart.store.verify", "neuro_chart.store.upgrades*"
    ).should_not_import("sqlcipher3*", "alembic*", "sqlite3").check("neuro_chart", only_direct_imports=True)


def test_no_window_takes_hold_of_an_item_of_a_layout():
    # Qt deletes it with its widget and PySide is not told: what comes to lie there next is damaged, and a day ends in a crash.
    windows = (Path(neuro_chart.__file__).parent / "ui").glob("*.py")
    assert [path.name for path in windows if ".itemAt(" in path.read_text(encoding="utf-8")] == []
