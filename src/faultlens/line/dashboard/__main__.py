"""`python -m faultlens.line.dashboard`: what `faultlens watch` starts for its pages."""

import sys

from faultlens.line.dashboard.serving import main

if __name__ == "__main__":
    sys.exit(main())
