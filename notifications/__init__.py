"""Telling people, reliably; knows nothing of cases."""
