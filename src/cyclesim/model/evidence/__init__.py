"""Evidence: what anybody can know of the people exploited (report section 8, box 4)."""
