"""Write a picture anew in a process of its own, from stdin to stdout.

Its arguments are `jpeg` or `png`, how many pixels there may be at most, how many seconds it may take, and the
exit statuses for too many pixels, a damaged picture and too little memory; `core.files.pictures` gives them.

What a stranger sends is opened here, with little memory, little time and nothing else at hand; the worst that
a hostile picture can do is to end this process (threats.md 3.8). Only what can be seen is written: no EXIF
with its place and time, no comments, no second picture, nothing behind the end (T66).
"""

import io
import sys
import warnings

from PIL import Image, ImageOps

if sys.platform != "win32":
    import resource

MOST_BYTES_OF_MEMORY = 2 << 30
QUALITY = 88


def main() -> int:
    """Read, write, and say by the exit status what was wrong."""
    wanted = sys.argv[1].upper()
    most_pixels, seconds, too_many, damaged, too_much = map(int, sys.argv[2:])
    _limit(seconds)
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = most_pixels
    try:
        with Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=(wanted,)) as picture:
            if picture.width * picture.height > most_pixels:
                return too_many
            written = _written(picture, wanted)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        return too_many
    except MemoryError:
        return too_much
    except (OSError, ValueError, SyntaxError, EOFError, ArithmeticError, LookupError):
        return damaged  # everything that the library says of files that are not what they seem
    sys.stdout.buffer.write(written)
    return 0


def _written(picture: Image.Image, wanted: str) -> bytes:
    """Return the picture as it is meant to be looked at, without anything beside it."""
    upright = ImageOps.exif_transpose(picture)
    if wanted == "JPEG":
        plain = upright if upright.mode in ("RGB", "L") else upright.convert("RGB")
        options = {"quality": QUALITY, "optimize": True}
    else:
        through = "transparency" in upright.info or upright.mode in ("PA", "LA", "La", "RGBa")
        plain = upright.convert("RGBA") if through else upright
        options = {}
    plain.info = {}
    out = io.BytesIO()
    plain.save(out, wanted, exif=b"", **options)
    return out.getvalue()


def _limit(seconds: int) -> None:
    """Take away memory and time, and the right to write any file, where the system can."""
    if sys.platform != "win32":  # there whoever waits for this process sets a time, and nothing else
        wanted = {
            resource.RLIMIT_AS: (MOST_BYTES_OF_MEMORY, MOST_BYTES_OF_MEMORY),
            # Between the two the system ends the process with a signal that names the reason.
            resource.RLIMIT_CPU: (seconds, seconds + 1),
            resource.RLIMIT_FSIZE: (0, 0),
        }
        for limit, most in wanted.items():
            _, hard = resource.getrlimit(limit)  # nobody may raise a hard one
            lower = [one if hard == resource.RLIM_INFINITY else min(one, hard) for one in most]
            resource.setrlimit(limit, (lower[0], lower[1]))


if __name__ == "__main__":
    sys.exit(main())
