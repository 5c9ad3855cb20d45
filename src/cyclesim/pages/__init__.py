"""Pages that are handed over: reports, sliders, the live model."""
