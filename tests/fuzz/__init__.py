"""Fuzzing of the readers: `python -m tests.fuzz.<reader> --seconds 600`, each with a kept corpus."""
