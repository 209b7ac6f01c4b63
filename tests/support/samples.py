"""Real files written by others: read where they lie beside the checkout, never copied into it."""

from __future__ import annotations

import os
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_BESIDE = [parent / "shared" / "samples" for parent in (_ROOT.parent, _ROOT.parent.parent)]
#: The folder of samples: `HUB_SAMPLES`, else `shared/samples` beside the checkout, or beside the folder it lies in.
SAMPLES = Path(os.environ.get("HUB_SAMPLES") or next((folder for folder in _BESIDE if folder.is_dir()), _BESIDE[0]))
