"""Remember on each device how somebody wants to see the pages: language, light or dark, text size, keys."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import Request, Response

COOKIE = "look"
#: Before the name of a choice in a form that holds other things.
SWITCH = "look."
LASTS = 365 * 24 * 3600
CHOICES: Mapping[str, tuple[str, ...]] = {
    "language": ("zh", "en"),
    "theme": ("system", "light", "dark"),
    "size": ("normal", "large", "huge"),
    "keys": ("on", "off"),
}


@dataclass(frozen=True)
class DisplayPreferences:
    """What a device shows; single-key shortcuts can be switched off (WCAG 2.1.4)."""

    language: str = "zh"
    theme: str = "system"
    size: str = "normal"
    keys: str = "on"

    def with_choices(self, given: Mapping[str, str]) -> "DisplayPreferences":
        """Return the display with those of the given choices that there are; anything else is passed over."""
        taken = {name: given[name] for name, known in CHOICES.items() if given.get(name) in known}
        return replace(self, **taken)


def host_cookie(name: str, *, secure: bool) -> str:
    """Return the name under which a cookie is kept: over HTTPS a browser ties it to this very host."""
    return f"__Host-{name}" if secure else name


def of_request(asked: Request) -> DisplayPreferences:
    """Return the display of a device; one that has chosen no language gets that of its browser.

    What was kept under the plain name is read until something is chosen anew: it holds no secret.
    """
    preferred = asked.accept_languages.best_match(CHOICES["language"], default="zh") or "zh"
    names = (host_cookie(COOKIE, secure=asked.is_secure), COOKIE)
    stored = next((asked.cookies[name] for name in names if name in asked.cookies), "")
    parts = stored.split(".")
    kept = dict(zip(CHOICES, parts, strict=False)) if len(parts) == len(CHOICES) else {}
    return DisplayPreferences(language=preferred).with_choices(kept)


def chosen_preferences(form: Mapping[str, str]) -> dict[str, str]:
    """Return what a form chooses beside all that is typed into it: it is to be shown anew, not acted on."""
    given = {name: form.get(SWITCH + name, "") for name in CHOICES}
    return {name: value for name, value in given.items() if value in CHOICES[name]}


def store(response: Response, display: DisplayPreferences, *, secure: bool) -> None:
    """Let the device remember how it shows the pages."""
    value = ".".join(getattr(display, name) for name in CHOICES)
    response.set_cookie(
        host_cookie(COOKIE, secure=secure), value, max_age=LASTS, httponly=True, samesite="Lax", secure=secure
    )
