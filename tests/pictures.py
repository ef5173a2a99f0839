"""Pictures for tests, as a phone makes them: small, real, and with what a phone writes beside them."""

import io

from PIL import Image

GPS_PLACE = {1: "N", 2: (29.0, 40.0, 30.0), 3: "E", 4: (109.0, 24.0, 18.0)}
ORIENTATION, CAMERA, GPS = 0x0112, 0x010F, 0x8825
#: Turned by a quarter when it is looked at.
QUARTER = 6


def picture(kind: str, *, size: tuple[int, int] = (8, 6), colour: str = "#2a3b72") -> bytes:
    """Return a picture of one colour, its upper left corner white."""
    made = Image.new("RGB", size, colour)
    made.paste("white", (0, 0, max(size[0] // 4, 1), max(size[1] // 4, 1)))
    out = io.BytesIO()
    made.save(out, kind)
    return out.getvalue()


def from_a_phone(size: tuple[int, int] = (80, 40)) -> bytes:
    """Return a JPEG that lies on its side and tells where it was taken, with which camera, and a comment."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[CAMERA] = QUARTER, "Secret Camera"
    exif.get_ifd(GPS).update(GPS_PLACE)
    made = Image.new("RGB", size, "#17674a")
    made.paste("white", (0, 0, size[0] // 4, size[1] // 4))
    out = io.BytesIO()
    made.save(out, "JPEG", exif=exif, comment=b"secret comment")
    return out.getvalue()
