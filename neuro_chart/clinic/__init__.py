"""What an acupuncturist knows: plain Python, the standard library only."""
