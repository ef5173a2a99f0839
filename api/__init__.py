"""The door for programs: JSON, OpenAPI, tokens."""
