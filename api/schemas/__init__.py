"""What answers hold, for the OpenAPI document."""
