"""Runs a plugin in a child process: framed pages, limits, secrets by pipe. Contains faults; no security boundary."""
