"""The interface for programs: JSON under /api/v1, OpenAPI, tokens, problem details on every error."""
