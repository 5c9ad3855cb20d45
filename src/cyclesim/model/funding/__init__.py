"""Funding: what donors make of the evidence (report section 6)."""
