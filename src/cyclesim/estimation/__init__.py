"""Multiple systems estimation: how many people there are, judged from who is on which list.

A small library of its own: counts of capture histories in, an `Estimate` or a refusal with its reason out. It needs
numpy and scipy, and nothing of cyclesim but its errors. Read in this order: `histories` (the table; `checks` says what
is wrong with one), `closed` (Chapman, Chao), `loglinear` (Poisson models and when they have no answer), `choice`
(which model), `methods` (the front door: `estimate`), `bootstrap` (intervals).

>>> from cyclesim.estimation.methods import estimate
>>> estimate({(1, 0): 40, (0, 1): 30, (1, 1): 6}, "chapman").estimate
247.4...
"""
