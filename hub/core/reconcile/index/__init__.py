"""The open items of one run, and where each is found again."""
