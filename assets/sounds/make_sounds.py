#!/usr/bin/env python3
"""Writes the sounds of this folder, each anew and the same in every run: struck tones that die away.

python3 assets/sounds/make_sounds.py
"""

import math
import os
import struct
import wave

RATE = 48_000
# Full scale is 1; a sound tells of something and startles nobody.
PEAK = 0.14


def tone(hertz, seconds, softness):
    """A tone with two overtones that die away sooner than it does."""
    length = int(RATE * seconds)
    samples = []
    for at in range(length):
        time = at / RATE
        attack = min(1.0, time / 0.006)
        end = min(1.0, (length - at) / (RATE * 0.02))
        value = 0.0
        for number, share in ((1, 1.0), (2, 0.28), (3, 0.09)):
            value += share * math.exp(-time * softness * number) * math.sin(math.tau * hertz * number * time)
        samples.append(value * attack * end)
    return samples


def together(*parts):
    """Tones, each with the second at which it begins."""
    length = max(int(RATE * start) + len(samples) for start, samples in parts)
    mixed = [0.0] * length
    for start, samples in parts:
        for at, sample in enumerate(samples):
            mixed[int(RATE * start) + at] += sample
    return mixed


def write(name, samples):
    loudest = max(abs(sample) for sample in samples)
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        whole = (round(sample / loudest * PEAK * 32_767) for sample in samples)
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in whole))


write("joined.wav", together((0.0, tone(523.25, 0.30, 11)), (0.09, tone(783.99, 0.34, 10))))
write("left.wav", together((0.0, tone(659.26, 0.30, 11)), (0.09, tone(440.0, 0.34, 10))))
write("muted.wav", tone(392.0, 0.13, 26))
write("unmuted.wav", together((0.0, tone(587.33, 0.13, 26))))
