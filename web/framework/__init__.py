"""What every page stands on: declaration, request, rendering, protection of forms."""
