"""What is heard: the tones, the voice, and the desktop's notification. Scripts stand in for the system's players and speakers."""

import array
import io
import os
import wave
from datetime import timedelta
from itertools import pairwise

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget

from neuro_chart.clinic.clocks import now
from neuro_chart.clinic.needles import Needle, Side, Site
from neuro_chart.clinic.people import Patient
from neuro_chart.clinic.visits import Visit
from neuro_chart.resources import resource
from neuro_chart.ui import notify, sound, voice

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows plays and speaks by itself")


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """Puts a program in the path that does what a shell line says: `programs(name, line)`; nothing else there plays or speaks."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("cat", "echo"):
        (folder / name).symlink_to(f"/bin/{name}")
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr("sys.platform", "linux")

    def made(name, line):
        (folder / name).write_text(f"#!/bin/sh\n{line}\n")
        (folder / name).chmod(0o755)

    return made


def samples(data):
    with wave.open(io.BytesIO(data)) as file:
        return array.array("h", file.readframes(file.getnframes()))


@pytest.mark.parametrize("name", sound.TONES)
def test_each_tone_is_a_short_gentle_sound_file(name):
    with wave.open(str(resource("sounds", f"{name}.wav"))) as file:
        assert 1 < file.getnframes() / file.getframerate() < 3
    heard = samples(resource("sounds", f"{name}.wav").read_bytes())
    assert 15_000 < max(map(abs, heard)) < 25_000
    assert abs(heard[-1]) < 50  # it fades out, and does not click
    assert max(abs(after - before) for before, after in pairwise(heard)) < 16_000


def test_no_two_tones_are_alike():
    assert len({resource("sounds", f"{name}.wav").read_bytes() for name in sound.TONES}) == len(sound.TONES) >= 4


def test_the_tone_is_played_as_loud_as_it_is_set_and_not_at_all_when_off(settings, tmp_path, programs, qtbot):
    played = tmp_path / "played"
    programs("paplay", f'echo "$@" >> {played}')
    chime = sound.Chime(settings)
    sound.choose(settings, tone="bowl", volume=50)
    chime.play()  # off, as all tests are
    sound.turn(settings, on=True)
    chime.play()
    qtbot.waitUntil(lambda: played.exists() and played.read_text().endswith("\n"))
    (line,) = played.read_text().splitlines()
    loudness, path = line.split()
    assert path == str(resource("sounds", "bowl.wav"))
    assert 0 < int(loudness.removeprefix("--volume=")) < 65536


def test_a_player_that_fails_leaves_the_tone_to_the_next_which_is_given_it_as_loud_as_it_is_set(settings, tmp_path, programs, qtbot):
    programs("pw-play", "exit 1")
    heard = tmp_path / "heard"
    programs("aplay", f"cat > {heard}.part; echo > {heard}.done")
    sound.choose(settings, tone="wood", volume=50)
    sound.Chime(settings).try_out()
    qtbot.waitUntil((tmp_path / "heard.done").exists)
    whole = samples(resource("sounds", "wood.wav").read_bytes())
    assert max(samples((tmp_path / "heard.part").read_bytes())) == pytest.approx(max(whole) / 4, abs=1)


def test_where_nothing_plays_the_system_beeps_and_nothing_breaks(settings, programs):
    sound.Chime(settings).try_out()


def test_how_it_sounds_is_kept_and_nonsense_in_the_settings_does_no_harm(settings, tmp_path):
    sound.choose(settings, tone="harp", volume=30, again=False)
    settings.sync()
    kept = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    assert (sound.is_on(kept), sound.tone(kept), sound.volume(kept), sound.rings_again(kept)) == (False, "harp", 30, False)
    sound.choose(settings, tone="siren", volume=900)
    assert (sound.tone(settings), sound.volume(settings)) == ("bar", 75)


def test_the_count_is_spoken_only_where_that_is_wanted(settings, tmp_path, programs, qtbot):
    said = tmp_path / "said"
    programs("espeak-ng", f"cat >> {said}")
    aloud = voice.Voice(settings)
    aloud.say("11 in")
    voice.turn(settings, on=True)
    aloud.say("12 in")
    qtbot.waitUntil(lambda: said.exists() and said.read_text() == "12 in")


def test_what_runs_out_is_spoken_with_its_room_and_without_a_name(window, settings, tmp_path, programs, qtbot):
    said = tmp_path / "said"
    programs("espeak-ng", f"cat >> {said}")
    voice.turn(settings, on=True)
    records = window.chart.records
    patient = Patient("Rosa", "Delgado")
    records.save_patient(patient)
    visit = Visit(patient.id, records.practitioner().id, room="Room 2")
    inserted = now() - timedelta(minutes=31)
    visit.needles = [Needle(visit.id, Site(1, 2, 3, side, "left foot"), "LR3", inserted=inserted) for side in (Side.LEFT, Side.RIGHT)]
    window.chart.act(lambda: records.start_visit(visit))
    window.ticker.tick()
    qtbot.waitUntil(lambda: said.exists() and said.read_text() == "A clock has run out: Room 2, 2 needles")


def test_where_the_system_has_no_voice_it_is_silent_and_says_so(settings, programs):
    assert not voice.can_speak()
    voice.turn(settings, on=True)
    voice.Voice(settings).say("12 in")


def test_the_desktop_is_not_told_while_the_program_is_looked_at_nor_where_that_is_turned_off(settings, qtbot):
    told = notify.Notifier(settings)
    shown = QWidget()
    qtbot.addWidget(shown)
    shown.show()
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    assert not told.tell("A clock has run out: Room 2, 3 needles")
    shown.close()
    notify.turn(settings, on=False)
    assert not told.tell("A clock has run out: Room 2, 3 needles")
    told.put_away()
