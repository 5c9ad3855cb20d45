"""What the stages of the ledger share: where people are, what a month does to them, and what is counted."""

from typing import NamedTuple

from cyclesim.model.arithmetic import exponential
from cyclesim.model.arrays import Floats, Integers, Words
from cyclesim.model.compiled import compiled, within
from cyclesim.model.luck import block
from cyclesim.model.people.person import PersonRow
from cyclesim.model.people.pool import CELL, COHORT, EPISODE, RANK, People, added


class Pools(NamedTuple):
    """Everybody who has ever been trafficked and is not dead or settled, by where they are.

    Attributes
    ----------
    exploited, waiting, casework
        In exploitation and unknown, who carry the first seven of `PersonRow`; in a queue, and out of exploitation while
        their case is worked on, who carry all of them.
    survivors
        At raised risk: cumulative hazard at which they are trafficked again, month of exit. Their cell is
        ``2 * setting + assisted``.
    recorded
        Whose case has been recorded since lists were last put together: source, and the luck of the report.
    """

    exploited: People
    waiting: People
    casework: People
    survivors: People
    recorded: People


class Now(NamedTuple):
    """What this month does to people.

    Attributes
    ----------
    risks, before, cumulative
        Hazards of leaving exploitation: of this month, added up until it and including it, shape (7, cells).
    reach
        What the largest of the hazards of each month add up to, shape (cells,): no risk has gone further.
    returned
        Hazard of being trafficked again, added up, shape (2 * settings,).
    forward, detained
        Probability that whoever escapes comes forward, and share of police contacts that end in detention or
        expulsion, shape (cells,).
    setting
        Of each cell, shape (cells,).
    """

    risks: Floats
    before: Floats
    cumulative: Floats
    reach: Floats
    returned: Floats
    forward: Floats
    detained: Floats
    setting: Integers


class Tally(NamedTuple):
    """What is counted in a month.

    Attributes
    ----------
    flows
        By `Flow`, shape (14,).
    waited
        Months waited by those found and answered, added up, shape (1,).
    entered, unknown
        People trafficked this month; people in exploitation of whom nobody knows; shape (cells,).
    left
        People struck in exploitation, by risk, shape (7, cells).
    recorded
        New case records, shape (sources, cells).
    """

    flows: Integers
    waited: Floats
    entered: Integers
    unknown: Integers
    left: Integers
    recorded: Integers


class Luck(NamedTuple):
    """The luck of people: the key words of each cohort, shape (cohorts, 2), and room for one record, shape (16,)."""

    keys: Words
    record: Floats


@compiled
def draw(luck: Luck, people: People, row: int, attempt: int, number: int) -> None:
    """Read four numbers of a person in an attempt: which four, as in `luck.block`."""
    who = people.who
    cohort = who[row, COHORT]
    low, high = luck.keys[cohort, 0], luck.keys[cohort, 1]
    block(low, high, who[row, RANK], who[row, EPISODE], attempt, 0, number, luck.record)


@within
def look_at(exploited: People, row: int, cell: int, tally: Tally) -> None:
    """Count a person who is in exploitation from now on, and look at him or her next month."""
    exploited.look[row, 0], exploited.look[row, 1] = 0.0, cell
    tally.unknown[cell] += 1


@within
def survive(month: int, source: People, row: int, luck: float, assisted: int, survivors: People, now: Now) -> None:
    """Begin the time after an exit; the cell of a survivor is ``2 * setting + assisted``.

    Parameters
    ----------
    luck
        When the person is trafficked again, uniform on [0, 1).
    """
    new = added(survivors, source, row)
    cell = 2 * now.setting[source.who[row, CELL]] + assisted
    survivors.who[new, CELL] = cell
    survivors.values[new, 0] = exponential(luck) + now.returned[cell]
    survivors.values[new, 1] = month


@within
def put_on_record(waiting: People, row: int, source: int, recorded: People, tally: Tally) -> None:
    """Make the case record of a person: one for each episode that becomes known."""
    new = added(recorded, waiting, row)
    recorded.values[new, 0] = source
    recorded.values[new, 1] = waiting.values[row, PersonRow.REPORTING]
    tally.recorded[source, waiting.who[row, CELL]] += 1
