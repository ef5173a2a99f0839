"""What a county decided, as cases need it: definitions, calendar, rules."""
