"""Batches of cases as rows of numbers: what the twin's queue passes to a back end, and what comes back.

A batch, as a month begins: times of arrival of the oldest and the newest, in months (FIRST, LAST); the places it needs:
people who came forward (OWN), people found who would accept help (ACCEPTING), and people found who, if they leave
exploitation by themselves before the answer, come forward and keep their place in the queue (TURNING).

Its fate, as shares of it: STAYED in exploitation until then, or had LEFT before, each answered, lapsed, still waiting
(all six add up to 1); months WAITED by those answered who had stayed, times their share; and HEAD, the time of arrival
of the oldest who still waits.
"""

FIRST, LAST, OWN, ACCEPTING, TURNING = range(5)
NUMBERS = 5
STAYED, LEFT, WAITED, HEAD = 0, 3, 6, 7
FATES = 8
