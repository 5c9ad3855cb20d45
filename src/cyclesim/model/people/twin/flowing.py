"""A month of expected numbers: hazards are constant within it, so risks compete exactly   (W1, W2).

Of those exposed, ``1 - exp(-sum r)`` leave, and the share ``r_k / sum r`` of them by risk k. Exposure begins in the
month after entry, as in the ledger.
"""

from cyclesim.model.arithmetic import exp, expm1
from cyclesim.model.arrays import Flags, Floats, Integers
from cyclesim.model.compiled import compiled, within
from cyclesim.model.people.flows import Flow, Stock
from cyclesim.model.people.lanes import FORMS
from cyclesim.model.people.risks import CAME_FORWARD, POLICE, RISKS, SOURCES, Risk
from cyclesim.model.people.twin.state import Places, State, Waves


@compiled
def begin_month(month: int, settled_by: float, state: State, waves: Waves) -> None:
    """Clear what is counted monthly; settle the survivors whose exit is before a month."""
    for flow in range(state.flows.size):
        state.flows[flow] = 0.0
    for source in range(SOURCES):
        for cell in range(state.unknown.size):
            state.records[source, cell] = 0.0
    state.waited[0] = 0.0
    new = waves.range[1]
    waves.range[1] = new + 1
    waves.month[new] = month - 1
    for lane in range(state.exits.shape[0]):
        for assisted in range(2):
            waves.people[new, lane, assisted] = state.exits[lane, assisted]
            waves.returned[new, lane, assisted] = state.returned[lane, assisted]
            state.exits[lane, assisted] = 0.0
    while waves.range[0] < waves.range[1] and waves.month[waves.range[0]] < settled_by:
        settle(waves.range[0], state, waves)
        waves.range[0] += 1


@compiled
def settle(wave: int, state: State, waves: Waves) -> None:
    """Settle those of a wave who have not been trafficked again."""
    for lane in range(state.survivors.shape[0]):
        for assisted in range(2):
            still = exp(waves.returned[wave, lane, assisted] - state.returned[lane, assisted])
            people = min(waves.people[wave, lane, assisted] * still, state.survivors[lane, assisted])
            state.survivors[lane, assisted] -= people
            state.settled[0] += people


@compiled
def enter(
    first: Floats, again: Floats, staying: Floats, arrived: Flags, forms: Floats, places: Places, state: State,
    entries: Floats,
) -> None:  # fmt: skip
    """Work out who is trafficked this month, for the first time or again.

    Parameters
    ----------
    first, staying, arrived
        Hazard, share of the people who have not left for good, and whether they have arrived, shape (cohorts,).
    again
        Hazard of being trafficked again, shape (2 * settings,): not assisted, assisted by setting.
    forms
        Cumulative mix of forms by group, shape (groups, forms - 1).
    entries
        Room, shape (lanes,).
    """
    for lane in range(entries.size):
        entries[lane] = 0.0
    for cohort in range(first.size):
        passed = state.untouched[cohort] * -expm1(-first[cohort])
        new = passed * staying[cohort]
        state.untouched[cohort] -= passed
        state.gone[cohort] += passed - new
        state.flows[Flow.NEWLY_TRAFFICKED] += new
        entries[places.after[cohort] if arrived[cohort] else places.before[cohort]] += new
    for lane in range(entries.size):
        people = come_back(lane, places.setting[lane], again, state)
        state.flows[Flow.RETRAFFICKED] += people
        cohort = places.cohort[lane]
        entries[places.after[cohort] if arrived[cohort] else places.before[cohort]] += people
    for lane in range(entries.size):
        before = 0.0
        for form in range(FORMS):
            below = forms[places.group[lane], form] if form < FORMS - 1 else 1.0
            state.entered[lane * FORMS + form] = entries[lane] * (below - before)
            before = below


@compiled
def come_back(lane: int, setting: int, again: Floats, state: State) -> float:
    """Return the survivors of a lane who are trafficked again this month."""
    people = 0.0
    for assisted in range(2):
        hazard = again[2 * setting + assisted]
        state.returned[lane, assisted] += hazard
        back = state.survivors[lane, assisted] * -expm1(-hazard)
        state.survivors[lane, assisted] -= back
        people += back
    return people


@compiled
def leave(
    risks: Floats, forward: Floats, detained: Floats, at_intake: bool, places: Places, state: State, cases: Floats
) -> float:
    """Let people leave exploitation, then those trafficked this month enter it.

    Parameters
    ----------
    risks, forward, detained
        Hazards, shape (7, cells of the layout); probability that whoever escapes comes forward, and share of police
        contacts that end in detention, shape (cells of the layout,).
    cases
        New cases by source, shape (sources, cells): referred, and came forward; written here.

    Returns
    -------
    Hazard of leaving exploitation by oneself, the mean over cells: it strikes everybody alike while they wait.
    """
    rate = 0.0
    for cell in range(state.unknown.size):
        here = places.cell[cell]
        total = 0.0
        for risk in range(RISKS):
            total += risks[risk, here]
        gone = state.unknown[cell] * -expm1(-total)
        each = gone / max(total, 1e-300)
        escaped, died = risks[Risk.ESCAPE, here] * each, risks[Risk.DEATH, here] * each
        left = escaped + died
        for source in range(CAME_FORWARD):
            cases[source, cell] = risks[Risk.CHANNELS + source, here] * each
            left += cases[source, cell]
        held = cases[POLICE, cell] * detained[here]
        cases[POLICE, cell] -= held
        cases[CAME_FORWARD, cell] = escaped * forward[here]
        exit_unseen(cell // FORMS, escaped - cases[CAME_FORWARD, cell] + held, state)
        state.unknown[cell] += state.entered[cell] - left
        count_exits(cell, escaped, died, held, at_intake, state, cases)
        rate += share_leaving(cell, risks[Risk.ESCAPE, here], risks[Risk.DEATH, here], forward[here], state)
    return rate / max(state.unknown.size, 1)


@within
def exit_unseen(lane: int, people: float, state: State) -> None:
    """Let people be survivors whom nobody has assisted."""
    state.survivors[lane, 0] += people
    state.exits[lane, 0] += people


@within
def count_exits(
    cell: int, escaped: float, died: float, held: float, at_intake: bool, state: State, cases: Floats
) -> None:
    """Count the exits of a cell; put on record who came forward, and at intake who is referred."""
    for source in range(SOURCES):
        if at_intake or source == CAME_FORWARD:
            state.records[source, cell] = cases[source, cell]
        if source != CAME_FORWARD:
            state.flows[Flow.REFERRED] += cases[source, cell]
    state.flows[Flow.ESCAPED] += escaped
    state.flows[Flow.CAME_FORWARD] += cases[CAME_FORWARD, cell]
    state.flows[Flow.DETAINED] += held
    state.flows[Flow.DIED] += died


@within
def share_leaving(cell: int, escape: float, death: float, forward: float, state: State) -> float:
    """Note what becomes of people who leave exploitation while they wait; return the hazard."""
    rate = escape + death
    escapes = escape / rate if rate > 0.0 else 0.0
    state.leaving[0, cell] = escapes * forward
    state.leaving[1, cell] = escapes * (1.0 - forward)
    return rate


@compiled
def complete(
    back_end: Integers, completed: Floats, acceptance: float, conditional: Floats, free: Floats, affordable: float,
    places: Places, state: State, wanted: Floats,
) -> float:  # fmt: skip
    """End casework; assist whom places and money allow, alike of all completed in a month.

    Parameters
    ----------
    back_end, completed
        Back end of each lane, and cases that end, shape (lanes,).
    acceptance, conditional
        Share identified formally; share of help that is conditional on co-operation, shape (settings,).
    free, affordable
        People whom each back end assists at no cost to donors; people whose assistance the money in hand pays for.
    wanted
        Room, shape (back ends,).

    Returns
    -------
    People whose assistance is paid for.
    """
    for here in range(wanted.size):
        wanted[here] = 0.0
    for lane in range(completed.size):
        wanted[back_end[lane]] += eligible(lane, completed[lane], acceptance, conditional, places)
    rest = 0.0
    for here in range(wanted.size):
        rest += max(wanted[here] - free[here], 0.0)
    paid = min(rest, affordable)
    for lane in range(completed.size):
        here = back_end[lane]
        share = 0.0
        if wanted[here] > 0.0:
            at_once = min(wanted[here], free[here])
            share = (at_once + (wanted[here] - at_once) * (paid / rest if rest > 0.0 else 0.0)) / wanted[here]
        assisted = eligible(lane, completed[lane], acceptance, conditional, places) * share
        end_casework(lane, completed[lane], acceptance, assisted, state)
    return paid


@compiled
def eligible(lane: int, completed: float, acceptance: float, conditional: Floats, places: Places) -> float:
    """Return how many are eligible for help: all who are identified formally, of others those without conditions."""
    return completed * (1.0 - (1.0 - acceptance) * conditional[places.setting[lane]])


@within
def end_casework(lane: int, completed: float, acceptance: float, assisted: float, state: State) -> None:
    """Let people whose casework ends be survivors."""
    state.casework[lane] -= completed
    formal = completed * acceptance
    state.flows[Flow.IDENTIFIED_FORMALLY] += formal
    state.flows[Flow.PRESUMPTIVE] += completed - formal
    state.flows[Flow.ASSISTED] += assisted
    state.survivors[lane, 1] += assisted
    state.exits[lane, 1] += assisted
    exit_unseen(lane, completed - assisted, state)


@compiled
def count(
    places: Places, state: State, dead: float, stocks: Floats, unknown: Floats, entered: Floats, records: Floats
) -> None:
    """Count people by cell of the layout, and by where they are; those in a queue are added by `line.count`.

    Parameters
    ----------
    dead
        People who died in exploitation.
    stocks
        By `Stock`, shape (7,).
    unknown, entered, records
        Shapes (cells of the layout,), (cells of the layout,), (sources, cells of the layout).
    """
    for here in range(unknown.size):
        unknown[here], entered[here] = 0.0, 0.0
        for source in range(SOURCES):
            records[source, here] = 0.0
    for stock in range(stocks.size):
        stocks[stock] = 0.0
    for cell in range(state.unknown.size):
        here = places.cell[cell]
        unknown[here] += state.unknown[cell]
        entered[here] += state.entered[cell]
        stocks[Stock.UNKNOWN] += state.unknown[cell]
        for source in range(SOURCES):
            records[source, here] += state.records[source, cell]
    for lane in range(state.casework.size):
        stocks[Stock.CASEWORK] += state.casework[lane]
        stocks[Stock.SURVIVORS] += state.survivors[lane, 0] + state.survivors[lane, 1]
    stocks[Stock.SETTLED], stocks[Stock.DEAD] = state.settled[0], dead


@compiled
def recorded(state: State) -> float:
    """Return the new case records of the month."""
    total = 0.0
    for source in range(SOURCES):
        for cell in range(state.unknown.size):
            total += state.records[source, cell]
    return total
