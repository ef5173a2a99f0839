"""Declare a page to which another site sends somebody back with an answer, and which acts on it.

It is a GET, because a browser that comes from another site sends no cookie of ours with a form; so it has to
prove itself that this browser asked for the answer. What has to be asked of others is asked before a
transaction is open, as a gate of a form does.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Response

from web.framework.blueprint import Enter, PageBlueprint, View, answer_idempotently
from web.framework.request_context import PageRequest

Brought = TypeVar("Brought")
ArrivalView = Callable[[PageRequest, Brought], Response]


class ArrivalBlueprint(PageBlueprint):
    """The pages of one noun, one of which somebody comes to from another site."""

    def arrive(
        self, rule: str, *, enter: Enter, ask: Callable[[], Brought]
    ) -> Callable[[ArrivalView[Brought]], View]:
        """Declare such a page: `ask` finds out what was brought, and the view acts on it in a transaction."""

        def declared(view: ArrivalView[Brought]) -> View:
            @wraps(view)
            def entered(**path: Any) -> Response:
                del path
                brought = ask()
                return answer_idempotently(enter, None, "", (), lambda found: view(found, brought))

            return self._declare("GET", rule, entered, enter)

        return declared
