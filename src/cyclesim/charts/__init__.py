"""Charts of tables: how they look, what they say, and the lines in them."""
