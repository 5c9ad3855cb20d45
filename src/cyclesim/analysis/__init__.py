"""What it means: pure functions of tables."""
