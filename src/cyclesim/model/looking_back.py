"""What became of a month: cases that end, records on their way into reports, and what donors will see of it all."""

import math
from collections.abc import Sequence

from cyclesim.model.arithmetic import Sum, nearest, plus
from cyclesim.model.arrays import Floats, Integers
from cyclesim.model.compiled import compiled, within
from cyclesim.model.evidence import records
from cyclesim.model.evidence.records import History
from cyclesim.model.funding.grants import ASSISTANCE, Money
from cyclesim.model.funding.state import Appeals
from cyclesim.model.parameters import Parameters
from cyclesim.model.people import exits
from cyclesim.model.people.flows import Flow
from cyclesim.model.people.risks import INVESTIGATION, POLICE, SOURCES
from cyclesim.model.practice import back_end, justice, staff
from cyclesim.model.practice.back_end import Offices
from cyclesim.model.practice.frontline import Frontline
from cyclesim.model.presence import Presence, planned
from cyclesim.model.rare import CONVICTIONS, SUSPECTS, Rare, happen
from cyclesim.model.state import Gauges, Hazards, World
from cyclesim.vocabulary import Line

_TRAINING, _BACK_END, _RECEPTION = (list(Line).index(n) for n in (Line.TRAINING, Line.BACK_END, Line.RECEPTION))


@compiled
def look_back(c: int, w: World, money: Money, reported: float, appeals: Appeals, ps: Sequence[Parameters]) -> None:
    """Note what became of the month: cases, records, and what donors will see.

    Parameters
    ----------
    reported
        Case records of this month that reach a report.
    """
    h, flows = w.hazards, w.census.flows
    close_cases(w.gauges, money.purses[c, ASSISTANCE], flows, w.offices, w.rare, ps)
    keep_records(w.gauges, w.setting, flows, w.census.recorded, w.history)
    publish(w.gauges, reported, h, w.history, ps)
    appeal(c, w.gauges, w.presence, w.history, appeals, ps)
    report_gaps(c, w.gauges, flows, w.crew, w.history, received_share(w.gauges, w.presence.present, h), appeals.gaps)


@within
def close_cases(
    gauges: Sequence[Gauges], purse: int, flows: Floats, offices: Offices, rare: Rare, ps: Sequence[Parameters]
) -> None:
    """Note what assistance costs; open and close investigations."""
    g = gauges[0]
    g.assistance_cents = min(nearest(g.paid * g.assistance_cost), purse)
    completed = flows[Flow.IDENTIFIED_FORMALLY] + flows[Flow.PRESUMPTIVE]
    justice.step(completed, flows[Flow.ASSISTED], back_end.all_staff(back_end.INVESTIGATORS, offices), gauges, ps)
    g.suspects = happen(SUSPECTS, g.expected_suspects, rare)
    g.convictions = happen(CONVICTIONS, g.expected_convictions, rare)


# ------------------------------------------------------------ evidence


@within
def keep_records(
    gauges: Sequence[Gauges], setting: Integers, flows: Floats, recorded: Floats, history: History
) -> None:
    """Note what only the simulator knows, and what is identified."""
    g = gauges[0]
    g.identified, g.identified_police = 0.0, 0.0
    for cell in range(setting.size):
        found = 0.0
        for source in range(SOURCES):
            found += recorded[source, cell]
        g.identified_police += recorded[POLICE, cell] + recorded[INVESTIGATION, cell]
        g.identified += found
        history.found[g.clock, setting[cell]] += found
    history.people[g.clock], history.stock[g.clock] = g.people, g.stock
    history.entries[g.clock] = flows[Flow.NEWLY_TRAFFICKED] + flows[Flow.RETRAFFICKED]
    history.identified[g.clock], history.assisted[g.clock] = g.identified, flows[Flow.ASSISTED]
    history.detained[g.clock], history.answered[g.clock] = flows[Flow.DETAINED], flows[Flow.ANSWERED]
    history.lapsed[g.clock], history.withdrawn[g.clock] = flows[Flow.LAPSED], flows[Flow.WITHDRAWN]
    history.turned_away[g.clock] = g.turned_away


@compiled
def publish(gauges: Sequence[Gauges], reported: float, h: Hazards, history: History, ps: Sequence[Parameters]) -> None:
    """Send this month's records on their way; add up the hazards of being identified, an oracle.

    What of those referred is on record is who accepts and is answered, or all at intake.
    """
    g, p, answered = gauges[0], ps[0], 1.0
    if p.record_at_intake > 0.5:
        for cell in range(h.refusal.size):
            h.refusal[cell] = 0.0
    else:
        answered = share_answered(g.clock, history, records.in_year(history.withdrawn, g.clock))
    expected = exits.identify(h.risks, h.detained, h.forward, h.refusal, answered, h.held, h.rates)
    records.publish(g.clock, reported, g.usual * expected, nearest(p.reporting_lag), history)
    first = g.clock % records.YEAR == 0
    for source in range(SOURCES):
        for cell in range(h.refusal.size):
            before = 0.0 if first else h.of_year[source, cell]
            h.of_year[source, cell] = before + h.rates[source, cell]


@within
def share_answered(clock: int, history: History, others: float) -> float:
    """Return the share of referrals settled in the last 12 months that were answered; 1 before any was settled.

    Parameters
    ----------
    others
        Referrals of these months that were neither answered nor lapsed.
    """
    answered = records.in_year(history.answered, clock)
    settled = answered + records.in_year(history.lapsed, clock) + others
    return answered / settled if settled > 0.0 else 1.0


# ------------------------------------------------------------ what donors see


@within
def appeal(
    c: int, gauges: Sequence[Gauges], presence: Presence, history: History, appeals: Appeals, ps: Sequence[Parameters]
) -> None:
    """Write what donors see of this crisis; see `cyclesim.model.funding.state.Seen`."""
    g, n = gauges[0], appeals.numbers
    told = records.evidence(g.clock, history)
    n[c, 0], n[c, 1] = g.month - g.onset, g.in_need
    note_ask(c, gauges, appeals, ps)
    n[c, 4], n[c, 5] = planned(g.clock, g.month, presence, ps[0]), g.in_need * g.competing
    n[c, 6], n[c, 7], n[c, 8], n[c, 9], n[c, 10] = g.attention, told.cases, told.people, told.years, told.ideal_share
    n[c, 11] = in_place(gauges, ps) if g.month < 0 else math.nan


@compiled
def note_ask(c: int, gauges: Sequence[Gauges], appeals: Appeals, ps: Sequence[Parameters]) -> None:
    """Write what planners ask for, and whether the plan has a line for it."""
    appeals.numbers[c, 2], appeals.numbers[c, 3] = ask(gauges, ps), gauges[0].line


@compiled
def ask(gauges: Sequence[Gauges], ps: Sequence[Parameters]) -> float:
    """Return what planners ask for, in US dollars per person in need and year, coded or not   (F11)."""
    need = gauges[0].need
    return (0.0 if math.isnan(need) else need) * 1e-6 * ps[0].response_cost


@compiled
def in_place(gauges: Sequence[Gauges], ps: Sequence[Parameters]) -> float:
    """Return US dollars per year, coded or not, that all donors give while the world settles."""
    return gauges[0].in_need * ps[0].initial_funding / ps[0].coded_share


@within
def report_gaps(
    c: int, gauges: Sequence[Gauges], flows: Floats, crew: Frontline, history: History, received: float, gaps: Floats
) -> None:
    """Write the bottlenecks that responders report, by line, 0 to 1."""
    completed = flows[Flow.IDENTIFIED_FORMALLY] + flows[Flow.PRESUMPTIVE]
    gaps[c, _TRAINING] = 1.0 - staff.mean(crew.staff, crew.trained)
    gaps[c, _BACK_END] = 1.0 - share_answered(gauges[0].clock, history, 0.0)
    gaps[c, ASSISTANCE] = 1.0 - flows[Flow.ASSISTED] / completed if completed > 0.0 else 0.0
    gaps[c, _RECEPTION] = 1.0 - received


@within
def received_share(gauges: Sequence[Gauges], present: Integers, h: Hazards) -> float:
    """Return the share of those who would come forward whom reception receives, over the people present."""
    g, received = gauges[0], Sum(0.0, 0.0)
    for s in range(h.reach.size):
        received = plus(received, h.reach[s] * h.taken[0, s] * present[g.clock, s])
    return (received.rounded + received.lost) / g.people if g.people > 0 else 0.0
