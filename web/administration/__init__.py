"""The pages of whoever administers an installation: people, areas, units, rules, calendar and checks."""
