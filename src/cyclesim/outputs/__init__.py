"""Telling it: sentences and charts, made from tables."""
