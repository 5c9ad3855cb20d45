"""What frontline organisations do in a month, one entry an organisation: recognise, refer, learn, trust.

Sums over organisations run in their order one by one, so that an organisation without staff moves no bit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cyclesim.inputs.parts import Organisation
from cyclesim.model.arithmetic import exp, expm1, log1p
from cyclesim.model.arrays import Flags, Floats, Integers
from cyclesim.model.compiled import compiled, within
from cyclesim.model.parameters import Parameters
from cyclesim.vocabulary import Channel, Kind

CHANNELS = len(Channel)
_LN2 = math.log(2.0)


class Conditions(NamedTuple):
    """What organisations work in, this month.

    Attributes
    ----------
    people, arrivals
        By setting: people present, and the share of them who arrived within the last quarter.
    unmet
        Share of basic needs unmet: other work that crowds this work out.
    awareness
        Willingness to act on what is recognised, 0 to 1: attention and awareness-raising raise it, skill they do not.
    leadership
        How far one agency leads, 0 to 1.
    clarity
        Share of referrals that are not lost.
    local
        Share by which preparedness closes the gap in context.
    """

    people: Integers
    arrivals: Floats
    unmet: float
    awareness: float
    leadership: float
    clarity: float
    local: float


class Frontline(NamedTuple):
    """All organisations of a crisis, shape (organisations,), and some numbers by setting.

    Attributes
    ----------
    place
        ``setting * 4 + channel``.
    wider, police, international, local_ngo, specialist, border
        What they are; `wider` (border, police, health, education, inspection) are trained late and partially (M32).
    stands_for, first_context, arrives, fade
        Organisations an entry stands for; context on arrival; month of arrival; half-life of posts, in months.
    posts, staff, in_place
        Posts stated; staff at work this month; posts of organisations that have arrived.
    trained, trust, context, vetted
        Shares; see `Organisations`.
    weight, suspicion
        Hazard of referral, of victims and of others, that each makes up.
    staff_lost
        Share of local staff lost to the crisis and not yet replaced, shape (settings,).
    """

    place: Integers
    wider: Flags
    police: Flags
    international: Flags
    local_ngo: Flags
    specialist: Flags
    border: Flags
    stands_for: Floats
    first_context: Floats
    arrives: Integers
    fade: Floats
    posts: Floats
    staff: Floats
    in_place: Floats
    trained: Floats
    trust: Floats
    context: Floats
    vetted: Floats
    weight: Floats
    suspicion: Floats
    staff_lost: Floats

    @classmethod
    def of(cls, chosen: Sequence[Organisation], settings: Sequence[str], arrives: Integers, p: Parameters) -> Frontline:
        """Return organisations as the scenario has them; nobody is at work yet."""

        def numbers(name: str) -> Floats:
            return np.array([float(getattr(o, name)) for o in chosen])

        def kind(wanted: Kind) -> Flags:
            return np.array([o.kind == wanted for o in chosen], dtype=bool)

        wider = np.array([o.channel != Channel.HUMANITARIAN for o in chosen], dtype=bool)
        start = np.where(wider, p.initial_trained * (1.0 - p.wider_gap), p.initial_trained)
        context, nothing = numbers("context"), np.zeros(len(chosen))
        return cls(
            place=np.array([place_of(o, settings) for o in chosen], dtype=np.int64),
            wider=wider,
            police=np.array([o.channel == Channel.POLICE_BORDER for o in chosen], dtype=bool),
            international=np.array([o.international for o in chosen], dtype=bool),
            local_ngo=kind(Kind.LOCAL_NGO),
            specialist=kind(Kind.SPECIALIST),
            border=kind(Kind.BORDER_FORCE),
            stands_for=numbers("count"),
            first_context=context,
            arrives=arrives,
            fade=np.array([math.inf if o.fade_months is None else float(o.fade_months) for o in chosen]),
            posts=numbers("staff"),
            staff=nothing.copy(),
            in_place=nothing.copy(),
            trained=np.array([start[k] if o.trained is None else float(o.trained) for k, o in enumerate(chosen)]),
            trust=np.full(len(chosen), float(p.trust_initial)),
            context=context.copy(),
            vetted=np.array([1.0 if o.vetted else 0.0 for o in chosen]),
            weight=nothing.copy(),
            suspicion=nothing.copy(),
            staff_lost=np.zeros(len(settings)),
        )


def place_of(organisation: Organisation, settings: Sequence[str]) -> int:
    """Return the setting and channel of an organisation as one number."""
    channel = list(Channel).index(Channel(organisation.channel))
    return list(settings).index(organisation.setting) * CHANNELS + channel


@compiled
def be_present(month: int, ps: Sequence[Parameters], crew: Frontline, uprooted: Floats) -> None:
    """Set the staff at work this month   (P7).

    Posts count from arrival and fade with their half-life; where many people arrive or leave, local staff are
    hit by the same crisis and some are absent (M27).

    Parameters
    ----------
    uprooted
        Share of the people of each setting who arrived or left within the last quarter, shape (settings,).
    """
    p = ps[0]
    recovery = exp(-1.0 / p.local_recovery_months)
    for setting in range(uprooted.size):
        hit = p.local_loss * -expm1(-uprooted[setting] / p.local_loss_scale)
        crew.staff_lost[setting] = max(hit, crew.staff_lost[setting] * recovery)
    for k in range(crew.staff.size):
        age = month - crew.arrives[k]
        posts = crew.posts[k] * exp(-_LN2 * age / crew.fade[k]) if age >= 0 else 0.0
        lost = 0.0 if crew.international[k] else crew.staff_lost[crew.place[k] // CHANNELS]
        crew.in_place[k], crew.staff[k] = posts, posts * (1.0 - lost)


@compiled
def work(crew: Frontline, at_work: Floats, posts: Floats) -> None:
    """Write the share of posts in each setting whose holders are at work, 1 where there are none   (P7; M27).

    Where the crisis hits local staff, those who receive people are hit as well; organisations nobody has vetted do
    not count.
    """
    for setting in range(at_work.size):
        at_work[setting], posts[setting] = 0.0, 0.0
    for k in range(crew.staff.size):
        setting = crew.place[k] // CHANNELS
        posts[setting] += crew.in_place[k] * crew.vetted[k]
        at_work[setting] += crew.staff[k] * crew.vetted[k]
    for setting in range(at_work.size):
        at_work[setting] = at_work[setting] / posts[setting] if posts[setting] > 0.0 else 1.0


@compiled
def refer(
    ps: Sequence[Parameters], crew: Frontline, now: Conditions, staff: Floats, contact: Floats, hazard: Floats
) -> None:
    """Write the hazard of referral of a victim whose case is taken up, by place, shape (settings * channels,)   (P1).

    For each setting and channel: contact at the density of its staff, times the mean over staff of
    recognition, knowledge of the pathway and trust, times the clarity of the pathway.
    """
    p = ps[0]
    for place in range(staff.size):
        staff[place], hazard[place] = 0.0, 0.0
    for k in range(crew.staff.size):
        staff[crew.place[k]] += crew.staff[k]
    for place in range(staff.size):
        density = staff[place] * 1e4 / max(now.people[place // CHANNELS], 1) / (p.staff_reference / CHANNELS)
        contact[place] = p.contact * expm1(-density) / expm1(-1.0)
    for k in range(crew.staff.size):
        place = crew.place[k]
        reached = crew.staff[k] / max(staff[place], 1e-300) * contact[place]
        refers = reached * crew.trust[k] * willing(p, now) * clear(k, p, crew, now)
        crew.suspicion[k] = refers * suspects(k, p, crew)
        crew.weight[k] = refers * skill(k, p, crew) * knows_the_place(k, p, crew, now)
        hazard[place] += crew.weight[k]


@within
def skill(k: int, p: Parameters, crew: Frontline) -> float:
    """Return the share of victims met whom staff recognise, and whose case they know where to refer."""
    trained, untrained = p.sensitivity_trained * p.know_trained, p.sensitivity_untrained * p.know_untrained
    share = crew.trained[k] * trained + (1.0 - crew.trained[k]) * untrained
    return share if crew.specialist[k] else share * (1.0 - p.fragmentation)


@compiled
def suspects(k: int, p: Parameters, crew: Frontline) -> float:
    """Return the share of others met whom staff take for victims and refer."""
    trained, untrained = (
        (1.0 - p.specificity_trained) * p.know_trained,
        (1.0 - p.specificity_untrained) * p.know_untrained,
    )
    return crew.trained[k] * trained + (1.0 - crew.trained[k]) * untrained


@within
def knows_the_place(k: int, p: Parameters, crew: Frontline, now: Conditions) -> float:
    """Return the factor of context, vetting, cover among arrivals, and equipment at borders."""
    gap = (1.0 - crew.context[k]) * (1.0 - now.local) * (1.0 - p.local_voice)
    vetting = crew.vetted[k] + (1.0 - crew.vetted[k]) * p.unvetted_recognition
    cover = 1.0 - p.cover * now.arrivals[crew.place[k] // CHANNELS]
    return (1.0 - gap) * vetting * cover * (1.0 - p.border_equipment if crew.border[k] else 1.0)


@within
def willing(p: Parameters, now: Conditions) -> float:
    """Return the factor of awareness, and of other work that crowds this work out."""
    return (1.0 - p.awareness_gap * (1.0 - now.awareness)) * (1.0 - p.crowding * now.unmet)


@compiled
def clear(k: int, p: Parameters, crew: Frontline, now: Conditions) -> float:
    """Return the share of referrals that are not lost on a pathway that is unclear, or beside the one there is."""
    parallel = p.parallel_structures * (1.0 - now.leadership)
    return now.clarity * (1.0 - parallel if crew.international[k] else 1.0)


@compiled
def recent_share(month: int, first_month: int, crew: Frontline) -> float:
    """Return the international staff who arrived within a year over all staff: the pull on local staff (M26)."""
    recent, total = 0.0, 0.0
    for k in range(crew.staff.size):
        age = month - crew.arrives[k]
        total += crew.staff[k]
        if crew.international[k] and 0 <= age < 12 and crew.arrives[k] > first_month:
            recent += crew.staff[k]
    return recent / total if total > 0.0 else 0.0


@compiled
def train(ps: Sequence[Parameters], crew: Frontline, rate: float, others: Floats, churn: float, surge: float) -> None:
    """Train, forget and replace staff for a month   (P2).

    Parameters
    ----------
    rate
        Share of all staff that anti-trafficking money trains this month.
    others
        Rate at which others train staff, by setting, per untrained worker and month.
    churn
        Factor on turnover where agencies compete for staff.
    surge
        Share of staff that has come from abroad within a year: they hire local staff away.
    """
    p = ps[0]
    forgetting = _LN2 / p.skill_half_life
    poached = -log1p(-p.poaching) / 12.0 * surge
    for k in range(crew.staff.size):
        if crew.staff[k] <= 0.0:  # nobody learns or forgets before arriving
            continue
        rotation = p.turnover_international if crew.international[k] else 0.0
        turnover = (rotation if crew.international[k] else p.turnover_national) * churn
        background = others[crew.place[k] // CHANNELS] * (1.0 - p.wider_gap if crew.wider[k] else 1.0)
        gain = -expm1(-(rate + background))
        loss = -expm1(-(turnover + forgetting + (poached if crew.local_ngo[k] else 0.0)))
        crew.trained[k] += (1.0 - crew.trained[k]) * gain - crew.trained[k] * loss
        lost = rotation * (crew.context[k] - crew.first_context[k])
        crew.context[k] += (1.0 - crew.context[k]) / p.context_months - lost


@compiled
def vet(ps: Sequence[Parameters], crew: Frontline) -> None:
    """Vet as many new organisations as can be vetted in a month, in proportion to their number   (M31)."""
    waiting = 0.0
    for k in range(crew.staff.size):
        if crew.staff[k] > 0.0:
            waiting += (1.0 - crew.vetted[k]) * crew.stands_for[k]
    if waiting > 0.0:
        share = min(ps[0].vetting_capacity / waiting, 1.0)
        for k in range(crew.staff.size):
            if crew.staff[k] > 0.0:
                crew.vetted[k] += (1.0 - crew.vetted[k]) * share


@compiled
def hear(
    ps: Sequence[Parameters], crew: Frontline, answered: Floats, lapsed: Floats, whole: bool, taken: Floats,
    turned_away: Floats, wrong: float,
) -> None:  # fmt: skip
    """Update trust from what became of this month's referrals; silence where nothing became of any   (P3).

    Parameters
    ----------
    answered, lapsed
        Referrals of each organisation settled this month: whole numbers, or expected ones (then it is the chance that
        any is settled which counts, Poisson).
    taken
        Share of referrals that reception is not too full to take, by setting: the others are not answered.
    turned_away
        Referrals of each organisation expected to be turned away.
    wrong
        Share of this month's referrals about people who are no victims: they frustrate police (M38).
    """
    p = ps[0]
    for k in range(crew.staff.size):
        settled, trust = answered[k] + lapsed[k], crew.trust[k]
        share = answered[k] / settled if settled > 0.0 else 0.0
        change = p.trust_gain * share * (1.0 - trust) - p.trust_loss * (1.0 - share) * trust
        change -= p.frustration * wrong * trust if crew.police[k] else 0.0
        any_settled = (1.0 if settled > 0.0 else 0.0) if whole else -expm1(-settled)
        lost = -expm1(-turned_away[k]) * p.trust_loss * trust
        here = taken[crew.place[k] // CHANNELS]
        crew.trust[k] += here * change * any_settled - (1.0 - here) * lost
