"""Neuro Chart: an offline, encrypted chart for acupuncturists who treat neuropathy."""

__version__ = "0.1.0"
