"""Serve the floor with the product's own server: `python -m bench.baseline_server PORT`."""

import os
import sys

from bench.baseline import create_app
from cli.serve import processes
from core.persistence.db import Database


def main(port: int) -> int:
    """Serve until told to end."""
    db = Database(os.environ["HUIYIN_DATABASE_URL"])
    return processes.serve(lambda: create_app(db), host="127.0.0.1", port=port, announce=lambda _: None)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
