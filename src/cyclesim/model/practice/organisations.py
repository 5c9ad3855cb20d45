"""Frontline organisations: recognition, knowledge of the pathway, trust and training.

State lives in arrays, one entry an organisation, ordered by setting, channel and name; `Responder` agents are
named views on it. Sums over organisations run in that order one by one, so that an organisation without staff
moves no bit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from cyclesim.inputs.parts import Organisation
from cyclesim.model.luck import Counts, Floats
from cyclesim.model.values import Values
from cyclesim.vocabulary import Channel, Kind

Integers = NDArray[np.int64]
CHANNELS = len(Channel)


@dataclass(frozen=True)
class Conditions:
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


class Responder(mesa.Agent):
    """A frontline organisation, or a stated number of like ones.

    Attributes
    ----------
    name, kind, channel, setting
        As in the scenario.
    count
        Organisations this agent stands for.
    """

    def __init__(self, model: mesa.Model, table: Organisations, index: int, name: str, spec: Organisation) -> None:
        super().__init__(model)
        self._table, self._index = table, index
        self.name, self.kind, self.channel, self.setting = name, spec.kind, spec.channel, spec.setting
        self.count, self.vetted = spec.count, spec.vetted

    @property
    def staff(self) -> float:
        """Staff at work this month, full-time equivalents."""
        return float(self._table.staff[self._index])

    @property
    def trained(self) -> float:
        """Share of staff trained."""
        return float(self._table.trained[self._index])

    @property
    def trust(self) -> float:
        """Probability that a worker follows the referral protocol."""
        return float(self._table.trust[self._index])


class Organisations:
    """All frontline organisations of one crisis, as arrays.

    Attributes
    ----------
    staff, trained, trust
        As in `Responder`, shape (organisations,).
    context
        Knowledge of place, law and language, 0 to 1: newcomers gain it, rotation loses it.
    vetted
        Share of the organisations that an entry stands for that somebody has vetted.

    Parameters
    ----------
    specs
        Organisations of the scenario, by name.
    settings
        Names of the settings, in the order of the layout.
    months, first_month
        Month of arrival of those that arrive later, by name; the first simulated month, when all others do.
    p
        Parameters at the first month.
    """

    def __init__(
        self,
        specs: dict[str, Organisation],
        settings: tuple[str, ...],
        months: dict[str, int],
        first_month: int,
        p: Values,
    ) -> None:
        channels = list(Channel)

        def place(name: str) -> int:
            return settings.index(specs[name].setting) * CHANNELS + channels.index(Channel(specs[name].channel))

        self.names = sorted(specs, key=lambda name: (place(name), name))
        chosen = [specs[name] for name in self.names]
        self.place: Integers = np.array([place(name) for name in self.names], dtype=np.int64)
        self.places = len(settings) * CHANNELS
        self.posts = np.array([float(o.staff) for o in chosen])
        wider = np.array([o.channel != Channel.HUMANITARIAN for o in chosen], dtype=bool)
        self._police = np.array([o.channel == Channel.POLICE_BORDER for o in chosen], dtype=bool)
        self._wider = wider  # border, police, health, education, inspection: trained late and partially (M32)
        start = np.where(wider, p.initial_trained * (1.0 - p.wider_gap), p.initial_trained)
        self.trained = np.array([start[k] if o.trained is None else o.trained for k, o in enumerate(chosen)])
        self.trust = np.full(len(chosen), float(p.trust_initial))
        self._international = np.array([o.international for o in chosen], dtype=bool)
        self._local_ngo = np.array([o.kind == Kind.LOCAL_NGO for o in chosen], dtype=bool)
        self._specialist = np.array([o.kind == Kind.SPECIALIST for o in chosen], dtype=bool)
        self._border = np.array([o.kind == Kind.BORDER_FORCE for o in chosen], dtype=bool)
        self._count = np.array([float(o.count) for o in chosen])
        self.vetted = np.array([1.0 if o.vetted else 0.0 for o in chosen])  # share of the organisations counted
        self._first_context = np.array([float(o.context) for o in chosen])
        self.context = self._first_context.copy()
        self._first_month = first_month
        self._arrives = np.array([months.get(name, first_month) for name in self.names])
        self._fade = np.array([math.inf if o.fade_months is None else float(o.fade_months) for o in chosen])
        self.staff, self._weight = np.zeros(len(chosen)), np.zeros(len(chosen))
        self._in_place = np.zeros(len(chosen))  # posts of organisations that have arrived
        self._hit = np.zeros(len(settings))  # share of local staff lost to the crisis, not yet replaced
        self._suspicion = np.zeros(len(chosen))
        self._age = np.zeros(len(chosen))

    def be_present(self, month: int, uprooted: Floats, p: Values) -> None:
        """Set the staff at work this month   (P7).

        Posts count from arrival and fade with their half-life; where many people arrive or leave, local staff are
        hit by the same crisis and some are absent (M27).

        Parameters
        ----------
        uprooted
            Share of the people of each setting who arrived or left within the last quarter, shape (settings,).
        """
        self._age = month - self._arrives
        posts = np.where(self._age >= 0, self.posts * np.exp2(-np.maximum(self._age, 0) / self._fade), 0.0)
        hit = p.local_loss * -np.expm1(uprooted / -p.local_loss_scale)
        self._hit = np.maximum(hit, self._hit * math.exp(-1.0 / p.local_recovery_months))
        setting = self.place // CHANNELS
        self.staff = posts * (1.0 - np.where(self._international, 0.0, self._hit[setting]))
        self._in_place = posts

    def at_work(self) -> Floats:
        """Return the share of posts in each setting whose holders are at work, shape (settings,)   (P7; M27).

        Where the crisis hits local staff, those who receive people are hit as well; organisations nobody has vetted do
        not count.
        """
        setting, settings = self.place // CHANNELS, self.places // CHANNELS
        posts = np.bincount(setting, self._in_place * self.vetted, settings)
        at_work = np.bincount(setting, self.staff * self.vetted, settings)
        result: Floats = np.divide(at_work, posts, out=np.ones(settings), where=posts > 0)
        return result

    def referral(self, p: Values, now: Conditions) -> Floats:
        """Return the hazard of referral of a victim whose case is taken up, shape (channels, settings)   (P1).

        For each setting and channel: contact at the density of its staff, times the mean over staff of
        recognition, knowledge of the pathway and trust, times the clarity of the pathway.
        """
        staff = np.bincount(self.place, self.staff, self.places)
        total = np.maximum(staff, 1e-300)
        density = staff * 1e4 / np.maximum(np.repeat(now.people, CHANNELS), 1) / (p.staff_reference / CHANNELS)
        contact = p.contact * np.expm1(-density) / math.expm1(-1.0)
        self._weight = self.staff / total[self.place] * contact[self.place]
        refers = self.trust * self._willing(p, now) * self._clear(p, now)
        recognises = self._skill(p) * self._knows_the_place(p, now)
        hazard = np.bincount(self.place, self._weight * refers * recognises, self.places)
        self._suspicion = self._weight * refers * self._wrongly(p)
        self._weight = self._weight * refers * recognises
        return np.ascontiguousarray(hazard.reshape(-1, CHANNELS).T, dtype=np.float64)

    def suspected_wrongly(self, p: Values, people: Integers) -> Floats:
        """Return the people expected to be referred who are no victims, after triage, shape (settings,)   (P8; M38)."""
        rate = np.bincount(self.place // CHANNELS, self._suspicion, self.places // CHANNELS)
        result: Floats = np.asarray(rate * people * float(p.triage), dtype=np.float64)
        return result

    def _skill(self, p: Values) -> Floats:
        skill = self.trained * (p.sensitivity_trained * p.know_trained)
        skill += (1.0 - self.trained) * (p.sensitivity_untrained * p.know_untrained)
        result: Floats = skill * np.where(self._specialist, 1.0, 1.0 - p.fragmentation)
        return result

    def _wrongly(self, p: Values) -> Floats:
        trained = self.trained * ((1.0 - p.specificity_trained) * p.know_trained)
        result: Floats = trained + (1.0 - self.trained) * ((1.0 - p.specificity_untrained) * p.know_untrained)
        return result

    def _knows_the_place(self, p: Values, now: Conditions) -> Floats:
        gap = (1.0 - self.context) * (1.0 - now.local) * (1.0 - p.local_voice)
        vetting = self.vetted + (1.0 - self.vetted) * p.unvetted_recognition
        cover = 1.0 - p.cover * now.arrivals[self.place // CHANNELS]
        equipment = np.where(self._border, 1.0 - p.border_equipment, 1.0)
        result: Floats = (1.0 - gap) * vetting * cover * equipment
        return result

    def _willing(self, p: Values, now: Conditions) -> float:
        return float((1.0 - p.awareness_gap * (1.0 - now.awareness)) * (1.0 - p.crowding * now.unmet))

    def _clear(self, p: Values, now: Conditions) -> Floats:
        parallel = p.parallel_structures * (1.0 - now.leadership)
        result: Floats = now.clarity * np.where(self._international, 1.0 - parallel, 1.0)
        return result

    def assign(self, setting: Integers, channel: Integers, uniform: Floats) -> Integers:
        """Return the organisation behind each referral: by its share of the hazard, from the person's own luck."""
        if uniform.size == 0:
            return np.empty(0, dtype=np.int64)
        edges = np.concatenate(([0.0], np.cumsum(self._weight)))
        place = setting * CHANNELS + channel
        first = np.searchsorted(self.place, place, side="left")
        last = np.searchsorted(self.place, place, side="right")
        low, high = edges[first], edges[last]
        chosen = np.searchsorted(edges, low + uniform * (high - low), side="right") - 1
        latest = np.searchsorted(edges, high, side="left") - 1  # the last with any weight
        result: Integers = np.clip(chosen, first, latest)
        return result

    def shares_of_referrals(self, label: Integers, number: int) -> Floats:
        """Return who is behind the referrals of a channel in a setting, shape (channels, settings, labels).

        Parameters
        ----------
        label
            A label of each organisation, 0 to ``number - 1``.

        Returns
        -------
        Share of this month's hazard of referral by label; 0 throughout where there is no such hazard.
        """
        weight = np.bincount(self.place * number + label, self._weight, self.places * number)
        weight = weight.reshape(-1, CHANNELS, number).transpose(1, 0, 2)
        total = weight.sum(axis=2, keepdims=True)
        result: Floats = np.divide(weight, total, out=np.zeros(weight.shape), where=total > 0)
        return result

    def shares(self) -> Floats:
        """Return the share of each organisation in the referrals of its channel and setting; 0 where there are none."""
        total = np.bincount(self.place, self._weight, self.places)[self.place]
        result: Floats = np.divide(self._weight, total, out=np.zeros_like(self._weight), where=total > 0.0)
        return result

    def learn(self, p: Values, rate: float, others: Floats, churn: float = 1.0) -> None:
        """Train, forget and replace staff for a month   (P2).

        Parameters
        ----------
        rate
            Share of all staff that anti-trafficking money trains this month.
        others
            Rate at which others train staff, by setting, per untrained worker and month.
        churn
            Factor on turnover where agencies compete for staff.
        """
        turnover = np.where(self._international, p.turnover_international, p.turnover_national) * churn
        poached = np.where(self._local_ngo, -math.log1p(-p.poaching) / 12.0 * self._surge(), 0.0)
        forgetting = math.log(2.0) / p.skill_half_life
        background = others[self.place // CHANNELS] * np.where(self._wider, 1.0 - p.wider_gap, 1.0)
        gain = -np.expm1(-(rate + background))
        loss = -np.expm1(-(turnover + forgetting + poached))
        present = self.staff > 0  # nobody learns or forgets before arriving
        self.trained += np.where(present, (1.0 - self.trained) * gain - self.trained * loss, 0.0)
        rotation = np.where(self._international, p.turnover_international, 0.0)
        settled = (1.0 - self.context) / p.context_months - rotation * (self.context - self._first_context)
        self.context += np.where(present, settled, 0.0)

    def be_vetted(self, p: Values) -> None:
        """Vet as many new organisations as can be vetted in a month, in proportion to their number   (M31)."""
        open_cases = np.where(self.staff > 0, (1.0 - self.vetted) * self._count, 0.0)
        total = math.fsum(open_cases.tolist())
        if total > 0:
            self.vetted += open_cases / self._count * min(p.vetting_capacity / total, 1.0)

    def _surge(self) -> float:
        """Return the international staff who arrived within a year over all staff: the pull on local staff (M26)."""
        staff = math.fsum(self.staff.tolist())
        recent = self._international & (self._age >= 0) & (self._age < 12) & (self._arrives > self._first_month)
        return math.fsum(self.staff[recent].tolist()) / staff if staff > 0 else 0.0

    def share(self, which: str) -> float:
        """Return the share of staff that is `international`, or works `unvetted`."""
        values = self._international.astype(float) if which == "international" else 1.0 - self.vetted
        return self.mean(values)

    def hear(
        self, p: Values, answered: Counts, lapsed: Counts, taken: Floats, turned_away: Floats, wrong: float
    ) -> None:
        """Update trust from what became of this month's referrals; silence where nothing became of any   (P3).

        Parameters
        ----------
        answered, lapsed
            Referrals of each organisation settled this month.
        taken
            Share of referrals that reception is not too full to take, by setting: the others are not answered.
        turned_away
            Referrals of each organisation expected to be turned away.
        wrong
            Share of this month's referrals about people who are no victims: they frustrate police (M38).
        """
        settled = answered + lapsed
        share = np.divide(answered, settled, out=np.zeros_like(self.trust), where=settled > 0)
        change = p.trust_gain * share * (1.0 - self.trust) - p.trust_loss * (1.0 - share) * self.trust
        change -= np.where(self._police, p.frustration * wrong, 0.0) * self.trust
        whole = settled.dtype.kind in "iu"  # expected referrals: the chance that any is settled (Poisson)
        change *= settled > 0 if whole else -np.expm1(-settled)
        lost = -np.expm1(-turned_away) * p.trust_loss * self.trust
        share_taken = taken[self.place // CHANNELS]
        self.trust += share_taken * change - (1.0 - share_taken) * lost

    def mean(self, values: Floats) -> float:
        """Return a mean over staff at work; 0 without staff."""
        staff = math.fsum(self.staff.tolist())
        return math.fsum((self.staff * values).tolist()) / staff if staff > 0 else 0.0

    def agents(self, model: mesa.Model, specs: dict[str, Organisation]) -> list[Any]:
        """Create the Mesa agents that show this table."""
        return [Responder(model, self, index, name, specs[name]) for index, name in enumerate(self.names)]
