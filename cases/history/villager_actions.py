"""Tell what a villager did by the receipt code from what the program did by itself: neither has a user."""

from accounts.access.permissions import Role
from workflow.definition.model import Definition


def is_villager_action(definition: Definition, action: str) -> bool:
    """Return whether an action that no user did is a villager's: one that is theirs and not the system's."""
    if not definition.has_action(action):
        return False
    roles = frozenset[str]().union(*(row.roles for row in definition.action(action).rows))
    return Role.VILLAGER.value in roles and Role.SYSTEM.value not in roles
