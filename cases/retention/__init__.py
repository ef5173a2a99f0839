"""How long what villagers said is kept, how it goes, and what of one person there is."""
