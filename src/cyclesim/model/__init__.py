"""What happens: people, practice, evidence, funding (read `cycle.py` first)."""
