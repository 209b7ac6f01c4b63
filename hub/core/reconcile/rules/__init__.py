"""The ways a receipt can be explained, one file per kind of evidence. Each returns drafts, best first."""
