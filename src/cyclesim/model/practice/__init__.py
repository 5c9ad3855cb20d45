"""Practice: who is found, and what follows (report sections 4, 5 and 7)."""
