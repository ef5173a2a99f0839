"""What happens when a date comes near, passes or moves: sweep, ladder, calendar and weekly notice."""
