"""cyclesim."""
