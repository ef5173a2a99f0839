"""How somebody proves who they are: passwords, sessions, second factors, tokens."""
