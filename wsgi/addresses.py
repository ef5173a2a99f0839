"""Say where a request comes from, and what may stand in an address."""

from ipaddress import IPv6Address, ip_address, ip_network

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


def client_address() -> str:
    """Return the address that asks; of the newer kind its network, for one customer has a whole one.

    Behind a proxy it is what that says (HUIYIN_PROXY_HOPS).
    """
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or ip_network((int(address), 64), strict=False))
