"""Know of the address of a page whether anybody else can open it."""

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_own_machine(address: str) -> bool:
    """Return whether an address leads back to the very machine on which it is opened, such as 127.0.0.1."""
    host = urlsplit(address).hostname or ""
    try:
        found = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return found.is_loopback or found.is_unspecified
