"""Name a device as its owner would know it, from what a browser says of itself."""

import re

BROWSERS = (("Edg", "Edge"), ("MicroMessenger", "WeChat"), ("Firefox", "Firefox"), ("Chrome", "Chrome"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"))
MORE_SYSTEMS = (("Mac OS", "macOS"), ("Linux", "Linux"))


def device_of(agent: str) -> str:
    """Return a device's name in two words, which somebody knows their own by."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in (*SYSTEMS, *MORE_SYSTEMS) if mark in agent), "")
    found = " ".join(part for part in (browser, system) if part)
    return found or re.sub(r"[^A-Za-z0-9 ./_-]", "", agent)[:40].strip() or "?"
