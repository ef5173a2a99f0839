"""Say where a request comes from, and what may stand in an address."""

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from flask import request
from werkzeug.routing import BaseConverter

from cases.access.case_numbers import full_number


class NumberConverter(BaseConverter):
    """A number or id in an address: one word without control characters, which no database would take.

    The number of a case may be written as on any keyboard, such as yy-2026-86.
    """

    regex = r"[^/\x00-\x20\x7f]{1,64}"

    def to_python(self, value: str) -> str:
        """Return the number as the database has it."""
        return full_number(value)


#: How much of a newer address one customer has at least, and what many providers hand to one customer.
NETWORK, WIDE_NETWORK = 64, 48


def client_address() -> str:
    """Return the address that asks; of the newer kind its network, for one customer has a whole one.

    Behind a proxy it is what that says (HUIYIN_PROXY_HOPS).
    """
    return client_networks()[0]


def client_networks() -> tuple[str, ...]:
    """Return whom a request is counted of: its address, or of the newer kind its /64 and its /48 network."""
    return networks_of(request.remote_addr or "")


def forwarded_address(environ: dict[str, Any], hops: int) -> str:
    """Return the same of a request that no application has seen yet, by the word of so many proxies."""
    said = environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if hops else []
    return networks_of(said[-hops].strip() if 0 < hops <= len(said) else environ.get("REMOTE_ADDR", ""))[0]


def networks_of(written: str) -> tuple[str, ...]:
    """Return an address as it is counted, of the newer kind its networks; `unknown` for what is none."""
    try:
        address = ip_address(written)
    except ValueError:
        return ("unknown",)
    if not isinstance(address, IPv6Address):
        return (str(address),)
    if address.ipv4_mapped is not None:
        return (str(address.ipv4_mapped),)
    return tuple(str(ip_network((int(address), length), strict=False)) for length in (NETWORK, WIDE_NETWORK))
