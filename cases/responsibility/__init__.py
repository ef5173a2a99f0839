"""Which units answer for a village and its matters."""
