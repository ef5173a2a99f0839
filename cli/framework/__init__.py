"""What every command stands on: context, arguments, error messages."""
