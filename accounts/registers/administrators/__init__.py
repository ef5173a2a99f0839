"""How somebody comes to power over matters or accounts: by two administrators."""
