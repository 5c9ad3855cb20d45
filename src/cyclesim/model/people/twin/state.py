"""What the stages of the twin share. What is called a cell here is a lane (`Lanes`) and a form."""

from typing import NamedTuple

from cyclesim.model.arrays import Floats, Integers


class Places(NamedTuple):
    """Where people are told apart, which no month moves.

    Attributes
    ----------
    cell
        Cell of the layout of each cell here, shape (cells,).
    setting, group
        Of each lane, shape (lanes,).
    before, after
        Lane in which people of each cohort are trafficked before and after they arrive, shape (cohorts,).
    cohort
        A cohort of each lane, shape (lanes,).
    """

    cell: Integers
    setting: Integers
    group: Integers
    before: Integers
    after: Integers
    cohort: Integers


class State(NamedTuple):
    """Expected numbers of people, and what happened to them this month.

    Attributes
    ----------
    untouched, gone
        Have not crossed their threshold, there or not; crossed it after they had left; shape (cohorts,).
    unknown
        In exploitation, and nobody knows of them, shape (cells,).
    casework
        Their case is being worked on, shape (lanes,).
    survivors, exits, returned
        At raised risk, not assisted or assisted: how many; those whose exit was this month; the hazard of being
        trafficked again, added up; shape (lanes, 2).
    settled
        Survivors no longer at raised risk, shape (1,).
    entered, records
        People trafficked this month, shape (cells,); new case records, shape (sources, cells).
    leaving
        Of those who leave exploitation by themselves, the shares who come forward, and who escape unseen; the others
        die; shape (2, cells).
    flows, waited
        By `Flow`, shape (14,); months waited by those found and answered, added up, shape (1,).
    """

    untouched: Floats
    gone: Floats
    unknown: Floats
    casework: Floats
    survivors: Floats
    exits: Floats
    returned: Floats
    settled: Floats
    entered: Floats
    records: Floats
    leaving: Floats
    flows: Floats
    waited: Floats


class Waves(NamedTuple):
    """Survivors at raised risk by month of exit, from the oldest on.

    Attributes
    ----------
    range
        The first wave that is not settled, and the number of waves, shape (2,).
    month
        Of exit, shape (capacity,).
    people, returned
        As they were then: `State.exits` and `State.returned`, shape (capacity, lanes, 2).
    """

    range: Integers
    month: Integers
    people: Floats
    returned: Floats
