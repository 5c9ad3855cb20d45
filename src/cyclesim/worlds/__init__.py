"""Worlds: designs of draws, one world, many, and how they are kept."""
