"""What every route of the API stands on: declaration, context, strict reading, problems."""
