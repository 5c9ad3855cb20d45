"""Makes what stands in this folder importable by the tests: strategies."""
