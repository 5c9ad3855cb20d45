"""What the user says: scenario files, parameters and everything that can be wrong with them.

Read ``files`` (how a file becomes a scenario) and ``scenario`` (what a scenario is) first.
"""
