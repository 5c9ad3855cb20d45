"""The month of one crisis, stage by stage: what the compiled functions of people, practice and evidence do in order.

Between these stages the people themselves move (`cyclesim.model.engine`), donors decide (`cyclesim.model.funding`), and
research is published; `CycleModel.step` says in which order.
"""

from collections.abc import Sequence

from cyclesim.model import intake
from cyclesim.model.arithmetic import Sum, exp, nearest, plus, power, total
from cyclesim.model.arrays import Floats, Integers
from cyclesim.model.compiled import compiled, within
from cyclesim.model.evidence import records
from cyclesim.model.evidence.records import History
from cyclesim.model.funding.grants import ASSISTANCE, Money, charge, disburse, spend
from cyclesim.model.looking_back import ask
from cyclesim.model.parameters import Parameters
from cyclesim.model.people import exits
from cyclesim.model.people.flows import Stock
from cyclesim.model.people.hazards import driven, first_hazards, return_hazards, shadow_of_expiry
from cyclesim.model.people.risks import CHANNELS
from cyclesim.model.practice import back_end, frontline, perpetrators, staff, workforce
from cyclesim.model.practice.back_end import Offices
from cyclesim.model.practice.frontline import Conditions, Frontline
from cyclesim.model.practice.reception import receive
from cyclesim.model.practice.workforce import Workforce
from cyclesim.model.presence import Presence
from cyclesim.model.rare import WRONGLY, Rare, happen
from cyclesim.model.state import Gauges, Hazards, Places, World

# ------------------------------------------------------------ presence


@compiled
def face(month: int, w: World, ps: Sequence[Parameters]) -> None:
    """Work out who is there, what people meet, and what waits for those who are referred.

    The hazard of referral (`frontline.refer`) becomes one of the risks of every cell (`exits.find`).
    """
    g, h, p, presence = w.gauges[0], w.hazards, ps[0], w.presence
    begin_month(month, w.gauges, presence, w.crew, w.offices, w.shocks, w.census.stocks, ps)
    for cell in range(w.setting.size):
        h.held[cell] = w.census.unknown[cell]
    note_watch(g.clock, w.setting, w.history.found, h)
    prevention = workforce.prevention_share(w.work, p, g.in_need)
    press(w.gauges, w.places, presence, w.crew, h, ps)
    shadow = shadow_of_expiry(p, g.protection_ends - g.month)
    first_hazards(g.month, ps, w.at_risk, g.level, h.pressure, 1.0 - g.needs_met, prevention, shadow, h.first)
    return_hazards(ps, h.pressure, prevention, g.month - g.onset, h.again)
    by_back_end(g.people, w.offices, w.places.access, h, p)
    refer(w.gauges, presence, w.work, w.offices, w.crew, w.places.access, h, ps)
    exits.find(ps, w.cells, h.contact, h.referral, h.proactive, h.risks)
    followed = follows(g.clock - 1, w.history.identified, w.history.detained, w.history.assisted, p)
    exits.come_forward(ps, w.cells, h.conditional, g.attention, followed, h.forward)
    exits.detain(ps, w.cells, h.detained)
    take_in(w.gauges, presence.present, w.setting, w.crew, w.offices, h, w.rare, ps)
    exits.decline(ps, w.cells, h.conditional, h.refusal)
    prepare_answers(w.gauges, w.work, w.offices, h.loads, ps)


@within
def begin_month(
    month: int, gauges: Sequence[Gauges], presence: Presence, crew: Frontline, offices: Offices, shocks: Floats,
    stocks: Floats, ps: Sequence[Parameters],
) -> None:  # fmt: skip
    """Note who is present: people at home and in need, and the staff of organisations and back ends."""
    g, p = gauges[0], ps[0]
    clock = g.clock + month - g.month
    g.month, g.clock = month, clock
    g.people, g.in_need = presence.people[clock], presence.in_need[clock]
    frontline.be_present(month, ps, crew, presence.uprooted[clock])
    frontline.vet(ps, crew)
    back_end.update_staff(offices, presence.present[clock], ps)
    g.attention, g.leadership = attention(month, shocks, p), leadership(p)
    g.overhead = workforce.overhead(p, g.leadership, g.diversity)
    g.churn = workforce.churn(p, g.leadership)
    g.stock = stocks[Stock.UNKNOWN] + stocks[Stock.FOUND]


@compiled
def attention(month: int, shocks: Floats, p: Parameters) -> float:
    """Return media attention: shocks that fade fast and slowly   (F5; E7 of the evidence)."""
    total = 0.0
    for shock in range(shocks.shape[0]):
        age = month - shocks[shock, 0]
        if age >= 0.0:
            fast = p.attention_fast_share * power(2.0, -age / p.attention_fast)
            slow = (1.0 - p.attention_fast_share) * power(2.0, -age / p.attention_slow)
            total += shocks[shock, 1] * (fast + slow)
    return total


@within
def leadership(p: Parameters) -> float:
    """Return how far one agency leads, 0 to 1: less while no champion drives the agenda (M18)."""
    return p.leadership * (1.0 - p.champion_dependence * (1.0 - p.champion))


@within
def note_watch(clock: int, setting: Integers, found: Floats, h: Hazards) -> None:
    """Write the share of the exploited found within a year, by setting; the reference in the first year."""
    watch, held = h.watch, h.posts
    for s in range(watch.size):
        watch[s], held[s] = perpetrators.WATCH_REFERENCE, 0.0
    if clock < records.YEAR:
        return
    for cell in range(setting.size):
        held[setting[cell]] += h.held[cell]
    for s in range(watch.size):
        seen = 0.0
        for month in range(clock - records.YEAR, clock):
            seen += found[month, s]
        watch[s] = seen / max(held[s] + seen, 1.0)


# ------------------------------------------------------------ people: what they meet


@within
def press(
    gauges: Sequence[Gauges], places: Places, presence: Presence, crew: Frontline, h: Hazards, ps: Sequence[Parameters]
) -> None:
    """Write intensity times the pressure of perpetrators, by setting   (X3)."""
    g, p = gauges[0], ps[0]
    perpetrators.move(ps, h.organised, presence.arrived[g.clock], h.watch, presence.present[g.clock])
    international, unvetted = staff.share_international(crew), staff.share_unvetted(crew)
    more = (1.0 + p.international_demand * international) * (1.0 + p.infiltration * unvetted)
    for s in range(h.pressure.size):
        driver = driven(p, places.conflict[s], places.climate[s], places.broken_ties[s])
        pressure = perpetrators.pressure(h.organised[s], 1.0 - g.needs_met, p)
        h.pressure[s] = places.intensity[s] * driver * pressure * more


@within
def by_back_end(people: int, offices: Offices, access: Floats, h: Hazards, p: Parameters) -> None:
    """Write what the back end of each setting does there: conditions, investigation, training by others."""
    for s in range(offices.of_setting.size):
        number = offices.of_setting[s]
        h.conditional[s] = offices.conditional[number]
        h.others[s] = offices.beyond[number, back_end.TRAINING]
        h.proactive[s] = back_end.proactive(number, offices, people, p) * detectable(h.watch[s], access[s], p)


@within
def detectable(watch: float, access: float, p: Parameters) -> float:
    """Return the factor on being found in a setting: access, and perpetrators who adapt where many are found."""
    return max(1.0 - p.adaptation * watch / 0.1, 0.0) * access


@within
def refer(
    gauges: Sequence[Gauges], presence: Presence, work: Workforce, offices: Offices, crew: Frontline, access: Floats,
    h: Hazards, ps: Sequence[Parameters],
) -> None:  # fmt: skip
    """Write the hazard of referral by channel and setting."""
    g, p = gauges[0], ps[0]
    now = Conditions(
        presence.present[g.clock],
        presence.arrived[g.clock],
        1.0 - g.needs_met,
        workforce.awareness(work, p, g.in_need, g.attention),
        g.leadership,
        workforce.clarity(work, p, g.in_need, g.leadership, others_specialists(offices)),
        workforce.local_share(work, p, g.in_need),
    )
    frontline.refer(ps, crew, now, h.staff, h.met, h.by_place)
    for s in range(h.reach.size):
        for channel in range(CHANNELS):
            h.referral[channel, s] = h.by_place[s * CHANNELS + channel] * detectable(h.watch[s], access[s], p)


@compiled
def others_specialists(offices: Offices) -> float:
    """Return the specialists whom anti-trafficking money does not pay."""
    total = Sum(0.0, 0.0)
    for number in range(offices.served.size):
        total = plus(total, offices.beyond[number, back_end.SPECIALISTS])
    return total.rounded + total.lost


@within
def follows(before: int, identified: Floats, detained: Floats, assisted: Floats, p: Parameters) -> float:
    """Return the factor on coming forward of what followed for those who came before   (H4; M47).

    That is the share of those on record, or held, in the 12 months to the last who were assisted.
    """
    known = records.in_year(identified, before) + records.in_year(detained, before)
    share = min(records.in_year(assisted, before) / known, 1.0) if known > 0.0 else 1.0
    return 1.0 - p.follow_weight * (1.0 - share)


@within
def take_in(
    gauges: Sequence[Gauges], people: Integers, setting: Integers, crew: Frontline, offices: Offices, h: Hazards,
    rare: Rare, ps: Sequence[Parameters],
) -> None:  # fmt: skip
    """Let reception take whom it can of those who would come forward or are referred   (P12, P13).

    It stands in nobody's way who is detained or expelled: they are not referred.
    """
    g = gauges[0]
    present = people[g.clock]
    staff.suspect(ps, crew, present, h.wrong)
    intake.demand(h.held, h.risks, h.forward, h.detained, setting, h.coming, h.referred)
    for number in range(h.receiving.size):
        h.receiving[number] = back_end.staff(number, back_end.RECEPTION, offices)
    receive(ps, h.receiving, offices.of_setting, present, h.coming, h.referred, h.wrong, h.reach, h.taken)
    frontline.work(crew, h.at_work, h.posts)
    intake.admit(h.held, h.risks, h.forward, h.detained, setting, h.reach, h.taken, h.at_work, h.full)
    staff.share_out(crew, h.full, h.staff, h.away)
    wrongly = Sum(0.0, 0.0)
    for s in range(h.wrong.size):
        wrongly = plus(wrongly, h.wrong[s] * h.reach[s] * h.taken[1, s])
    g.turned_away = total(h.away)
    g.wrongly = happen(WRONGLY, wrongly.rounded + wrongly.lost, rare)


# ------------------------------------------------------------ practice: what became of referrals


@within
def prepare_answers(
    gauges: Sequence[Gauges], work: Workforce, offices: Offices, loads: Floats, ps: Sequence[Parameters]
) -> None:
    """Note the share identified formally and reported, and the places that people who are no victims take up (M38).

    Formal identification needs investigators (E2; M3).
    """
    g, p = gauges[0], ps[0]
    investigators = back_end.all_staff(back_end.INVESTIGATORS, offices) * 1e6 / max(g.people, 1)
    g.acceptance = p.acceptance * (1.0 - p.proof_gap * exp(-investigators / p.investigators_need))
    g.usual = workforce.completeness(work, p, g.in_need, g.acceptance)
    g.completeness = min(g.usual * g.recording, 1.0)
    g.assistance_cost = nearest(p.cost_assistance * 100 / (1.0 - g.overhead))
    for number in range(loads.size):
        share = offices.served[number] / g.people if g.people > 0 else 0.0
        loads[number] = g.wrongly * p.screening_months * share


@compiled
def hear(
    gauges: Sequence[Gauges], crew: Frontline, heard: Floats, taken: Floats, away: Floats, whole: bool, referred: float,
    ps: Sequence[Parameters],
) -> None:  # fmt: skip
    """Let responders hear what became of their referrals; see `frontline.hear`   (P3)."""
    wrongly = gauges[0].wrongly
    wrong = wrongly / (wrongly + referred) if wrongly > 0.0 else 0.0
    frontline.hear(ps, crew, heard[0], heard[1], whole, taken[1], away, wrong)


# ------------------------------------------------------------ practice: money becomes capacity


@compiled
def spend_money(
    c: int, gauges: Sequence[Gauges], work: Workforce, crew: Frontline, offices: Offices, others: Floats,
    history: History, money: Money, weights: Floats, ps: Sequence[Parameters],
) -> None:  # fmt: skip
    """Money becomes trained staff, specialists and investigators, next month's capacity.

    Interventions that donors pay come before all of it but assistance already given.

    Parameters
    ----------
    c
        Index of the crisis.
    others
        Rate at which others train staff, shape (settings,).
    weights
        Room, shape (lines,).
    """
    g, p, spent = gauges[0], ps[0], money.parts[1]
    disbursed = disburse(c, g.clock, p.giving, money)
    spend(c, ASSISTANCE, g.assistance_cents, money)
    charge(c, weights, money)
    people = total(crew.staff)
    prepared, known = workforce.local_share(work, p, g.in_need), workforce.evidence_base(work, p, g.in_need)
    workforce.build_up(money.purses[c], people, prepared, known, g.overhead, g.churn, work, ps, spent)
    for line in range(spent.size):
        spend(c, line, spent[line], money)
    surge = frontline.recent_share(g.month, g.month - g.clock, crew)
    frontline.train(ps, crew, work.training_rate[0], others, g.churn, surge)
    reception, caseworkers = work.staff[workforce.RECEPTION], work.staff[workforce.CASEWORKERS]
    back_end.update_funded(offices, reception, caseworkers, work.staff[workforce.INVESTIGATORS], g.people)
    g.required_cents = nearest(g.in_need * ask(gauges, ps) * 100 / 12)
    history.required[g.clock], history.disbursed[g.clock] = g.required_cents, disbursed
