"""The numbers of a month, worked out from the state of a crisis and written into a row of the monthly table."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from cyclesim.model import looking_back, stages
from cyclesim.model.arithmetic import Sum, exp, nearest, plus, total
from cyclesim.model.arrays import Floats, Integers
from cyclesim.model.census import Census
from cyclesim.model.compiled import compiled, within
from cyclesim.model.evidence import records
from cyclesim.model.evidence.records import History
from cyclesim.model.funding.commitments import believed
from cyclesim.model.funding.grants import LINES, Money
from cyclesim.model.funding.state import Donors
from cyclesim.model.parameters import Parameters
from cyclesim.model.people.flows import Flow, Stock
from cyclesim.model.people.risks import SOURCES, detection_hazard
from cyclesim.model.practice import back_end, staff, workforce
from cyclesim.model.practice.back_end import Offices
from cyclesim.model.practice.frontline import Frontline
from cyclesim.model.practice.workforce import Workforce
from cyclesim.model.presence import Presence
from cyclesim.model.state import Gauges, World

ON_TWO, OVERLAP, ESTIMATE, LOW, HIGH, REFUSED, SURVEY, CORRECTED = range(8)
"""What research has found, by its index in `Research.findings`."""


class Sheets(NamedTuple):
    """Where the months of one crisis are written.

    Attributes
    ----------
    table
        A record for each month and crisis, with a field for each measure.
    before
        What was committed, disbursed, spent and charged by the end of the month before, shape (crises, 4).
    cells, lines, beliefs
        Shapes (months, 3, cells), (months, 5, lines) and (months, 2, donors).
    """

    table: Any
    before: Integers
    cells: Floats
    lines: Integers
    beliefs: Floats


@compiled
def observe(
    c: int, month: int, row: int, w: World, money: Money, donors: Donors, findings: Floats, bill: int, outside: bool,
    sheets: Sheets, ps: Sequence[Parameters],
) -> None:  # fmt: skip
    """Write a month of one crisis.

    Parameters
    ----------
    c, row
        Index of the crisis; row of the table.
    findings
        What research has found, shape (8,).
    bill
        What interventions in force cost this month, in cents.
    outside
        Whether others than donors pay for them.
    """
    g, table, history = w.gauges[0], sheets.table, w.history
    count_flows(table, row, w.census.flows, w.census.waited[0])
    count_people(table, row, w.gauges, w.sizes, w.presence, w.census, w.rare.whole[0])
    weigh_evidence(table, row, w.gauges, history, findings, ps)
    describe_practice(table, row, w.gauges, w.crew, w.offices, w.work, ps)
    table[row].answered_share = looking_back.share_answered(
        g.clock, history, records.in_year(history.turned_away, g.clock)
    )
    table[row].received_share = looking_back.received_share(w.gauges, w.presence.present, w.hazards)
    table[row].referral_rate = referral_rate(w.hazards.held, w.hazards.risks, w.hazards.detained)
    observe_money(table, row, c, w.gauges, money, donors, bill, outside, sheets.before)
    table[row].coverage = records.coverage(g.clock, history)
    break_down(month, c, w.census, money, donors, sheets)


@within
def count_flows(table: Any, row: int, flows: Floats, waited: float) -> None:
    """Write what happened to people."""
    out = table[row]
    out.newly_trafficked, out.retrafficked = flows[Flow.NEWLY_TRAFFICKED], flows[Flow.RETRAFFICKED]
    out.escaped, out.came_forward = flows[Flow.ESCAPED], flows[Flow.CAME_FORWARD]
    out.referred, out.answered, out.lapsed = flows[Flow.REFERRED], flows[Flow.ANSWERED], flows[Flow.LAPSED]
    out.declined, out.withdrawn = flows[Flow.DECLINED], flows[Flow.WITHDRAWN]
    out.detained, out.died = flows[Flow.DETAINED], flows[Flow.DIED]
    out.identified_formally, out.presumptive = flows[Flow.IDENTIFIED_FORMALLY], flows[Flow.PRESUMPTIVE]
    out.assisted, out.waiting_months = flows[Flow.ASSISTED], ratio(waited, flows[Flow.ANSWERED])


@within
def count_people(
    table: Any, row: int, gauges: Sequence[Gauges], sizes: Integers, presence: Presence, census: Census, whole: bool
) -> None:
    """Write how many people are where."""
    out, g, stocks = table[row], gauges[0], census.stocks
    at_risk, departed = 0.0, 0.0
    for cohort in range(sizes.size):
        if presence.in_model[g.clock, cohort]:
            waiting = sizes[cohort] - census.passed[cohort]  # for their threshold
            staying = waiting * presence.staying[g.clock, cohort]
            staying = float(nearest(staying)) if whole else staying
            at_risk += staying
            departed += census.passed[cohort] - census.reached[cohort] + waiting - staying
    out.people, out.in_need, out.at_risk, out.departed = g.people, g.in_need, at_risk, departed
    out.exploited = stocks[Stock.UNKNOWN] + stocks[Stock.FOUND]
    out.in_casework = stocks[Stock.CASEWORK] + stocks[Stock.WAITING] - stocks[Stock.FOUND]
    out.survivors, out.dead = stocks[Stock.SURVIVORS] + stocks[Stock.SETTLED], stocks[Stock.DEAD]
    out.waiting, out.identified, out.identified_police = stocks[Stock.WAITING], g.identified, g.identified_police
    out.suspects, out.convictions, out.suspected_wrongly = g.suspects, g.convictions, g.wrongly


@within
def weigh_evidence(
    table: Any, row: int, gauges: Sequence[Gauges], history: History, findings: Floats, ps: Sequence[Parameters]
) -> None:
    """Write the prevalence, what is seen of it, and what research has found."""
    out, g = table[row], gauges[0]
    exploited = records.exploited_in_year(g.clock, history)
    detected = ratio(1000.0 * records.in_year(history.published, g.clock), g.people)
    out.reported, out.true_prevalence = history.published[g.clock], ratio(1000.0 * exploited, g.people)
    out.detected_prevalence, out.naive_estimate = detected, detected / ps[0].naive_detection_share
    out.detected_share = ratio(records.in_year(history.identified, g.clock), exploited)
    out.on_two_lists, out.overlap_share = findings[ON_TWO], findings[OVERLAP]
    out.mse_estimate, out.mse_low, out.mse_high = findings[ESTIMATE], findings[LOW], findings[HIGH]
    out.mse_refused, out.survey_estimate = findings[REFUSED], findings[SURVEY]
    out.survey_corrected = findings[CORRECTED]


@within
def describe_practice(
    table: Any, row: int, gauges: Sequence[Gauges], crew: Frontline, offices: Offices, work: Workforce,
    ps: Sequence[Parameters],
) -> None:  # fmt: skip
    """Write what responders can do."""
    out, g = table[row], gauges[0]
    out.trained_share, out.trust = staff.mean(crew.staff, crew.trained), staff.mean(crew.staff, crew.trust)
    out.reception_posts = back_end.all_staff(back_end.RECEPTION, offices)
    out.turned_away, out.plan_line = g.turned_away, g.line
    out.frontline_staff = total(crew.staff)
    out.specialists = work.staff[workforce.SPECIALISTS] + stages.others_specialists(offices)
    out.caseworkers = back_end.all_staff(back_end.CASEWORKERS, offices)
    out.investigators = back_end.all_staff(back_end.INVESTIGATORS, offices)
    out.prevention = workforce.prevention_share(work, ps[0], g.in_need)
    out.attention = g.attention


@within
def referral_rate(held: Floats, risks: Floats, detained: Floats) -> float:
    """Return this month's mean hazard of being found, over people in exploitation."""
    people, found = Sum(0.0, 0.0), Sum(0.0, 0.0)
    for cell in range(held.size):
        hazard = detection_hazard(cell, risks, detained)
        people, found = plus(people, held[cell]), plus(found, held[cell] * hazard)
    return ratio(found.rounded + found.lost, people.rounded + people.lost)


@within
def observe_money(
    table: Any, row: int, c: int, gauges: Sequence[Gauges], money: Money, donors: Donors, bill: int, outside: bool,
    before: Integers,
) -> None:  # fmt: skip
    """Write a month of money and belief.

    Parameters
    ----------
    c
        Index of the crisis.
    bill, outside
        As in `observe`.
    before
        Totals at the end of the month before; see `note_totals`.
    """
    out = table[row]
    committed, disbursed, spent, charged = before[c, 0], before[c, 1], before[c, 2], before[c, 3]
    note_totals(c, money, before)
    balance, outstanding = 0, before[c, 0] - before[c, 1]
    for line in range(LINES):
        balance += money.purses[c, line]
        outstanding -= money.withheld[c, line]
    out.requirement_cents, out.committed_cents = gauges[0].required_cents, before[c, 0] - committed
    out.disbursed_cents, out.spent_cents = before[c, 1] - disbursed, before[c, 2] - spent
    out.charged_cents, out.arrears_cents = before[c, 3] - charged, money.arrears[c]
    out.balance_cents, out.outstanding_cents = balance, outstanding
    out.intervention_cents = bill
    out.total_spent_cents = before[c, 2] - spent + before[c, 3] - charged + (bill if outside else 0)
    out.believed_prevalence = believed(c, donors)
    out.deception = ratio(out.believed_prevalence, out.true_prevalence)


@compiled
def note_totals(c: int, money: Money, totals: Integers) -> None:
    """Write what was committed, disbursed, spent and charged since the first month, in all lines."""
    for k in range(4):
        totals[c, k] = 0
    for line in range(LINES):
        totals[c, 0] += money.committed[c, line]
        totals[c, 1] += money.disbursed[c, line]
        totals[c, 2] += money.spent[c, line]
        totals[c, 3] += money.charged[c, line]


@within
def break_down(month: int, c: int, census: Census, money: Money, donors: Donors, sheets: Sheets) -> None:
    """Write the month by cell, by line, and by donor."""
    cells, lines, beliefs = sheets.cells, sheets.lines, sheets.beliefs
    for cell in range(cells.shape[2]):
        cells[month, 0, cell], cells[month, 1, cell] = census.exploited[cell], census.entered[cell]
        cells[month, 2, cell] = 0.0
        for source in range(SOURCES):
            cells[month, 2, cell] += census.recorded[source, cell]
    for line in range(LINES):
        lines[month, 0, line], lines[month, 1, line] = money.committed[c, line], money.disbursed[c, line]
        lines[month, 2, line], lines[month, 3, line] = money.spent[c, line], money.charged[c, line]
        lines[month, 4, line] = money.purses[c, line]
    for d in range(beliefs.shape[2]):
        beliefs[month, 0, d], beliefs[month, 1, d] = exp(donors.mean[d, c]), donors.rate[d, c]


@compiled
def ratio(part: float, whole: float) -> float:
    """Return a ratio; 0 where there is nothing."""
    return part / whole if whole != 0.0 else 0.0
