"""The pages about cases: lists, one case, registration, return visits, exports."""
