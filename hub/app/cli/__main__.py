"""`python -m hub.app.cli`, the same as `hub`."""

import sys

from hub.app.cli import main

sys.exit(main())
