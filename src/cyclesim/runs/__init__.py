"""Doing it: one world, designs of draws, ensembles, processes, folders of results."""
