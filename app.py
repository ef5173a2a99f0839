"""Join the parts of the program and start it: `python3 app.py COMMAND`."""

import os
import sys

from core import bootstrap

if __name__ == "__main__":
    bootstrap.enter(os.path.dirname(os.path.abspath(__file__)), sys.argv[1:])

from cli.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
