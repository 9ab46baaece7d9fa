"""Reading tables, finding out what their columns are, splitting rows. Nothing is fitted here."""
