"""Make the tones that a clock can ring with: gentle, told apart with closed eyes, loud enough for the next room and no alarm.

python resources/sounds/make.py
"""

import math
import struct
import wave
from collections.abc import Callable
from pathlib import Path

RATE = 22050
Sound = Callable[[float], float]


def struck(pitch: float, partials: tuple[tuple[float, float, float], ...], attack: float) -> Sound:
    """Something struck: partials are ratio to the pitch, strength, and how fast they fade a second; attack in seconds."""

    def sound(since: float) -> float:
        return min(1.0, since / attack) * sum(
            level * math.exp(-fade * since) * math.sin(math.tau * pitch * ratio * since) for ratio, level, fade in partials
        )

    return sound


def bar(pitch: float) -> Sound:
    """A free metal bar."""
    return struck(pitch, ((1.0, 1.0, 2.6), (2.756, 0.28, 6.0), (5.404, 0.09, 11.0)), 0.008)


def bowl(pitch: float) -> Sound:
    """A standing bell, whose pairs of partials beat slowly."""
    return struck(pitch, ((1.0, 0.7, 0.9), (1.006, 0.5, 0.9), (2.76, 0.34, 1.6), (2.77, 0.22, 1.6), (5.2, 0.08, 3.5)), 0.06)


def wood(pitch: float) -> Sound:
    """A block of soft wood."""
    return struck(pitch, ((1.0, 1.0, 16.0), (2.58, 0.35, 30.0), (0.5, 0.3, 20.0)), 0.003)


def string(pitch: float) -> Sound:
    """A plucked string."""
    return struck(pitch, tuple((float(n), 1 / n**1.6, 2.2 + 1.3 * n) for n in range(1, 9)), 0.006)


def drop(pitch: float) -> Sound:
    """A drop into still water: its pitch climbs as the hollow closes."""

    def sound(since: float) -> float:
        climbed = pitch * (since + 1.6 * since**2)
        return min(1.0, since / 0.005) * math.exp(-11 * since) * math.sin(math.tau * climbed)

    return sound


# name: seconds that it lasts, and when each of its notes begins
TONES: dict[str, tuple[float, tuple[tuple[float, Sound], ...]]] = {
    "bar": (1.7, ((0.0, bar(523.25)), (0.32, bar(783.99)))),
    "bowl": (2.8, ((0.0, bowl(261.63)),)),
    "harp": (1.9, tuple((0.16 * n, string(pitch)) for n, pitch in enumerate((392.0, 493.88, 587.33, 783.99)))),
    "drops": (1.8, tuple((at, drop(pitch)) for at, pitch in ((0.0, 620.0), (0.22, 820.0), (0.50, 700.0), (0.98, 620.0), (1.20, 820.0)))),
    "wood": (
        2.0,
        tuple(
            (at, wood(pitch)) for at, pitch in ((0.0, 587.33), (0.16, 587.33), (0.42, 440.0), (1.0, 587.33), (1.16, 587.33), (1.42, 440.0))
        ),
    ),
}


def main() -> None:
    """Write the tones beside this file."""
    for name, (length, notes) in TONES.items():
        air = [
            sum(sound(t - start) for start, sound in notes if t > start) * min(1.0, (length - t) / 0.2)
            for t in (n / RATE for n in range(int(RATE * length)))
        ]
        peak = max(map(abs, air))
        with wave.open(str(Path(__file__).with_name(f"{name}.wav")), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(b"".join(struct.pack("<h", round(0.6 * 32767 * sample / peak)) for sample in air))


if __name__ == "__main__":
    main()
