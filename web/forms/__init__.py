"""Forms: their controls, labels, choices and the fields of actions."""
