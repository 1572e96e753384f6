"""What the program costs while nobody touches it."""

import time

from PySide6.QtCore import QSettings

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.library import Library
from neuro_chart.clinic.needles import Needle
from neuro_chart.clinic.visits import Visit
from neuro_chart.resources import ROOT
from neuro_chart.store.records import Records
from neuro_chart.store.vault import Vault
from neuro_chart.ui.app import make_application
from neuro_chart.ui.window import Window

POINTS = ("ST36", "GB39", "SP9", "SP6", "LR3", "GB41")
IDLE = 10


def test_idle_with_a_clock_running_and_the_window_hidden(practice_of, tmp_path):
    library = Library(ROOT)
    settings = QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)
    app = make_application(settings)
    with Vault.open(practice_of(1), "bench") as vault:
        records = Records(vault)
        patient = records.patient(records.patients()[0].id)
        visit = Visit(patient.id, vault.practitioner_id)
        sites = [(code, site) for code in POINTS for site in library.atlas.point_sites(code).values()]
        visit.needles = [Needle(visit.id, site, code, inserted=now(), position=place) for place, (code, site) in enumerate(sites)]
        records.start_visit(visit)
        window = Window(vault, library, settings)
        window.show()
        window.open_visit(patient.id, visit.id)
        app.processEvents()
        window.hide()

        def cpu(seconds):
            start, used = time.monotonic(), time.process_time()
            while time.monotonic() - start < seconds:
                app.processEvents()
                time.sleep(0.05)
            return (time.process_time() - used) / seconds

        with_clock = cpu(IDLE)
        window.ticker.stop()
        print(f"\nidle, window hidden, clock running: {with_clock - cpu(IDLE):.3%} of one core more than with no clock at all")
        window.close()
        window.deleteLater()
