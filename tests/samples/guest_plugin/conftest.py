"""Makes the example importable in our own suite; as a guest it would be installed."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
