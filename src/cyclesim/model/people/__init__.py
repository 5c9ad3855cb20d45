"""People: who is trafficked, who gets out, who is at risk again (report sections 2, 4, 7 and 8)."""
