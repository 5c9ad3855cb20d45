"""What the user says, and all that can be wrong with it; read `files` (from file to scenario) and `scenario` first."""
