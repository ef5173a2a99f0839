"""Take a picture of every main page, at a desk and on a phone: `python -m tests.browser.screenshots`.

The pictures lie in `var/screenshots`, outside git. With `--readme` the two of the README are made anew.
"""

import argparse
import io
import re
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.pages import OPEN, PAGES, go
from tests.browser.running import DESK, PHONE, ROOT, Sample, chromium, opened, sample, signed_in

FOLDER = ROOT / "var" / "screenshots"
README = ROOT / "docs" / "images"
#: Enough for what is drawn here, and a third of the bytes.
COLOURS = 128


def main() -> None:
    """Run the sample township and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readme", action="store_true", help="make the two pictures of the README instead")
    readme = parser.parse_args().readme
    with tempfile.TemporaryDirectory() as folder, sample(Path(folder)) as running, chromium() as browser:
        if readme:
            for_readme(browser, running)
        else:
            of_everything(browser, running)


def of_everything(browser: Browser, running: Sample) -> None:
    """Take every main page whole, in light and dark, at both sizes."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for size in (DESK, PHONE):
        for dark in (False, True):
            for username in ("", *PAGES):
                context = opened(browser, running, size=size, dark=dark)
                page = signed_in(context, running, username) if username else context.new_page()
                for path in PAGES.get(username, OPEN):
                    go(page, path)
                    page.screenshot(path=FOLDER / name_of(username, path, size, dark), full_page=True)
                context.close()
    print(FOLDER)


def name_of(username: str, path: str, size: tuple[int, int], dark: bool) -> str:
    """Name a picture by who sees what."""
    what = re.sub(r"\W+", "-", path).strip("-").lower()
    return f"{username or 'anybody'}-{what}-{size[0]}{'-dark' if dark else ''}.png"


def for_readme(browser: Browser, running: Sample) -> None:
    """Take what a leader sees at a desk, and what a committee sees on a phone."""
    README.mkdir(parents=True, exist_ok=True)
    leader = signed_in(opened(browser, running), running, "lingdao")
    keep(leader, "dashboard.png")
    committee = signed_in(opened(browser, running, size=PHONE), running, "cunwei-yy")
    committee.locator(".cases a.words").first.click()
    committee.wait_for_load_state()
    keep(committee, "case.png")


def keep(page: Page, name: str) -> None:
    """Write what is in sight in few colours."""
    with Image.open(io.BytesIO(page.screenshot())) as seen:
        seen.convert("RGB").quantize(COLOURS).save(README / name, optimize=True)
    print(README / name)


if __name__ == "__main__":
    main()
