"""Tell the life of a small invented township through the services, so that there is something to look at."""
