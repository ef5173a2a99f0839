"""A program that serves something small, to see servers start and end; run as `small_program.py WORKERS`."""

import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

from cli.serve.processes import serve


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/die":
        os._exit(3)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]


def create_app() -> Any:
    if "--broken" in sys.argv:
        raise RuntimeError("cannot be made")
    return application


def announce(address: str) -> None:
    print(address, flush=True)


if __name__ == "__main__":
    sys.exit(serve(create_app, host="127.0.0.1", port=0, workers=int(sys.argv[1]), announce=announce))
