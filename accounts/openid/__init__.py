"""Let people in whom a provider of OpenID Connect knows: asked, checked, and matched with the register."""
