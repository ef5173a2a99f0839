"""Put the interface for programs before the small township, as the tests of the interface do."""

from tests.api.conftest import app, call, client, clock, described, settings, submission, token, with_role

__all__ = ["app", "call", "client", "clock", "described", "settings", "submission", "token", "with_role"]
