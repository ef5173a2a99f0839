"""Plumbing without a noun of the business: database, clock, errors, chain, files, translation."""
