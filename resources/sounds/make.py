"""Make overdue.wav: two soft notes of a struck bar, a fifth apart, loud enough for the next room and no alarm.

python resources/sounds/make.py
"""

import math
import struct
import wave
from pathlib import Path

RATE = 22050
NOTES = ((0.0, 523.25), (0.32, 783.99))  # seconds, hertz
PARTIALS = ((1.0, 1.0, 2.6), (2.756, 0.28, 6.0), (5.404, 0.09, 11.0))  # of a free bar: pitch, strength, how fast it fades
LENGTH = 1.7


def loudness(t: float) -> float:
    """The air at a moment, about -1 to 1."""
    total = 0.0
    for start, pitch in NOTES:
        since = t - start
        if since > 0:
            attack = min(1.0, since / 0.008)
            for ratio, level, fade in PARTIALS:
                total += attack * level * math.exp(-fade * since) * math.sin(math.tau * pitch * ratio * since)
    return total * min(1.0, (LENGTH - t) / 0.2)


def main() -> None:
    """Write the sound beside this file."""
    samples = [loudness(n / RATE) for n in range(int(RATE * LENGTH))]
    peak = max(map(abs, samples))
    with wave.open(str(Path(__file__).with_name("overdue.wav")), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(b"".join(struct.pack("<h", round(0.6 * 32767 * sample / peak)) for sample in samples))


if __name__ == "__main__":
    main()
