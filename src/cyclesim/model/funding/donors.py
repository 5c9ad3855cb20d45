"""Donors as agents: named views on the arrays in which all donors are held, and what a donor of one's own overrides."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import mesa

from cyclesim.inputs.parts import Donor as DonorSpec
from cyclesim.model.arithmetic import total
from cyclesim.model.arrays import Floats
from cyclesim.model.funding import commitments, wishes
from cyclesim.model.funding.belief import Belief
from cyclesim.model.funding.books import Books, Grant, MoneyLedger
from cyclesim.model.funding.state import Appeal, Appeals, Donors, Room, as_rows, by_line
from cyclesim.model.parameters import OfParameters, Parameters
from cyclesim.model.published import PublishedEstimate
from cyclesim.vocabulary import DonorKind, Line, Route

_HOOKS = ("prior", "believe", "wanted_coverage", "asked", "wants", "begin", "decide")


class _Trait:
    """A trait of a donor, kept in the array of the name; None where a donor follows the parameter of the name."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, donor: Donor | None, owner: type) -> Any:
        if donor is None:
            return self
        value = getattr(donor.funding.donors, self._name)[donor.row].item()
        return None if math.isnan(value) else value

    def __set__(self, donor: Donor, value: float | None) -> None:
        getattr(donor.funding.donors, self._name)[donor.row] = math.nan if value is None else value


class Donor(mesa.Agent):
    """A donor. Subclass it and override `believe` or `wanted_coverage` to try another behaviour.

    What is not overridden runs compiled; donors of a class that overrides something are asked one by one.

    Attributes
    ----------
    budget
        US dollars per year for all sectors and crises, this month.
    beliefs
        By crisis: what the donor acts on.
    rates
        US dollars per year this donor gives to anti-trafficking work, by crisis; it moves once a fiscal year.
    """

    budget = _Trait()
    naivety = _Trait()
    flexible_share = _Trait()
    multi_year_share = _Trait()
    prior_prevalence = _Trait()
    fiscal_month = _Trait()

    def __init__(self, model: mesa.Model, name: str, spec: DonorSpec, p: Parameters) -> None:
        super().__init__(model)
        self.name, self.spec = name, spec
        self.kind, self.route = DonorKind(spec.kind), Route(spec.route)
        self.row = 0
        self._funding: Funding | None = None

    @property
    def funding(self) -> Funding:
        """Return the arrays this donor is held in; its own, until a world takes it up."""
        if self._funding is None:
            inputs = self.model.inputs
            self._funding = Funding([self], tuple(sorted(inputs.crises)), inputs.spin_up + inputs.months)
        return self._funding

    @property
    def beliefs(self) -> Mapping[str, Belief]:
        """Return what the donor acts on, by crisis; nothing before it has begun."""
        donors, crises = self.funding.donors, self.funding.crises
        held = zip(crises, donors.mean[self.row].tolist(), donors.variance[self.row].tolist(), strict=True)
        return MappingProxyType({crisis: Belief(mean, variance) for crisis, mean, variance in held if variance > 0})

    @property
    def rates(self) -> Mapping[str, float]:
        """Return US dollars per year given, by crisis."""
        given = self.funding.donors.rate[self.row].tolist()
        return MappingProxyType(dict(zip(self.funding.crises, given, strict=True)))

    # ------------------------------------------------------------ behaviour

    def prior(self, p: Parameters) -> Belief:
        """Return the belief this donor holds without evidence."""
        return Belief(*wishes.prior(self.row, self.funding.donors, p.record))

    def believe(self, appeal: Appeal, p: Parameters) -> Belief:
        """Return this year's belief; see `wishes.believe`   (F2)."""
        readings = Appeals.of([appeal]).readings if appeal.table is None else appeal.table.readings
        c = self.funding.crises.index(appeal.crisis)
        first, last = (0, len(readings)) if appeal.table is None else appeal.table.first[c : c + 2].tolist()
        where = self.row, c, appeal.numbers()
        return Belief(*wishes.believe(*where, readings, first, last, self.funding.donors, p.records))

    def wanted_coverage(self, belief: Belief, attention: float, p: Parameters) -> float:
        """Return the share of the ask this donor wants covered; see `wishes.wanted_coverage`   (F4).

        Parameters
        ----------
        attention
            Media attention; 0 in the yearly decision, which news does not move (M12).
        """
        return float(wishes.wanted_coverage(float(belief.median), float(attention), p.record))

    def asked(self, appeal: Appeal, p: Parameters) -> float:
        """Return the US dollars per year that the ask comes to with this donor; see `wishes.asked`   (F4)."""
        return float(wishes.asked(appeal.numbers(), p.record))

    def wants(self, appeal: Appeal, attention: float, p: Parameters) -> float:
        """Return the US dollars per year wanted for a crisis, were this donor all donors; see `wishes.wanted` (F4)."""
        coverage = float(self.wanted_coverage(self.beliefs[appeal.crisis], attention, p))
        flexible = float(p.flexible_share if self.flexible_share is None else self.flexible_share)
        return float(wishes.wanted(coverage, float(self.asked(appeal, p)), flexible, appeal.numbers(), p.record))

    # ------------------------------------------------------------ the month

    def begin(
        self,
        appeals: Sequence[Appeal],
        share: float,
        funding: Sequence[float],
        clock: int,
        calendar: int,
        p: Parameters,
    ) -> None:
        """Take up the prior and the grants in place at the first simulated month; see `commitments.begin`.

        Parameters
        ----------
        share
            This donor's part of all donors' budgets.
        funding
            US dollars per year in place from all donors, by crisis.
        calendar
            Calendar month, 1 to 12.
        """
        arrays, own = Appeals.of(appeals), self.funding
        own.reserve(arrays, calendar, p)
        for c, given in enumerate(funding):
            place = self.row, c, float(share), float(given), clock, calendar
            commitments.begin(*place, arrays, own.donors, own.room, own.books.grants, own.books.money, p.records)
            prior = self.prior(p)
            for mean, variance in (
                (own.donors.mean, own.donors.variance),
                (own.donors.estimated_mean, own.donors.estimated_variance),
            ):
                mean[self.row, c], variance[self.row, c] = prior

    def decide(self, appeals: Sequence[Appeal], share: float, clock: int, calendar: int, p: Parameters) -> None:
        """Review beliefs and commitments in the fiscal month; answer flash appeals in any; see `commitments.decide`.

        Parameters
        ----------
        share
            This donor's part of all donors' budgets.
        """
        arrays, own, row = Appeals.of(appeals), self.funding, self.row
        answering = commitments.answers_any(row, arrays, own.donors, p.records)
        for c, appeal in enumerate(appeals):
            if calendar == self.fiscal_month:
                own.donors.mean[row, c], own.donors.variance[row, c] = self.believe(appeal, p)
                own.donors.usual[row, c] = self.wants(appeal, 0.0, p)
            own.donors.now[row, c] = self.wants(appeal, appeal.attention, p) if answering else 0.0
        own.reserve(arrays, calendar, p)
        state = own.donors, own.room, own.books.grants, own.books.money
        commitments.settle(row, float(share), clock, calendar, arrays, *state, p.records)

    def commit(self, crisis: str, line: Line, cents: int, start: int, months: int) -> None:
        """Commit a grant that pays from a month of the simulation on."""
        self.funding.books.commit(Grant(self.name, crisis, line, cents, start, months))


class Funding:
    """All donors of a world, their grants and their money.

    Parameters
    ----------
    agents
        The donors, in order.
    crises
        Names, in order.
    months
        Months that will be simulated.
    """

    def __init__(self, agents: Sequence[Donor], crises: tuple[str, ...], months: int) -> None:
        self.crises, self.agents, self.room = crises, agents, Room.of()
        self.donors = Donors.of([agent.spec for agent in agents], len(crises))
        self.books = Books(crises, tuple(agent.name for agent in agents), months)
        self.appeals = Appeals.room(len(crises))
        self._mix = OfParameters(_mix)
        for row, agent in enumerate(agents):
            if agent._funding is not None:  # it was held alone, and may have been changed since
                for mine, its in zip(self.donors, agent._funding.donors, strict=True):
                    mine[row] = its[agent.row]
            agent._funding, agent.row = self, row
        self.compiled = all(getattr(type(a), name) is getattr(Donor, name) for a in agents for name in _HOOKS)

    def ledger(self, crisis: str) -> MoneyLedger:
        """Return the money of a crisis."""
        return MoneyLedger(self.books, self.crises.index(crisis))

    def reserve(self, appeals: Appeals, calendar: int, p: Parameters) -> None:
        """Make room for the grants of a month, and note what donors without a profile of their own pay for."""
        self.room.mix[:] = self._mix(p)
        self.books.reserve(commitments.room_needed(calendar, appeals, self.donors, self.books.grants, p.records))

    def read(self, published: Sequence[Sequence[tuple[PublishedEstimate, float]]]) -> None:
        """Take up what is published of each crisis, each estimate with the weight it has with readers."""
        if any(published) or len(self.appeals.readings):
            first, readings = as_rows(published)
            self.appeals = self.appeals._replace(first=first, readings=readings)

    def decide(self, clock: int, calendar: int, p: Parameters, begun: Sequence[float] | None) -> None:
        """Let donors, in their order, review beliefs and commitments and answer flash appeals.

        Parameters
        ----------
        begun
            In the first month, US dollars per year in place by crisis; None later.
        """
        appeals = self.appeals
        commitments.note_level(appeals, self.donors)
        if self.compiled and begun is None:
            self.reserve(appeals, calendar, p)
            state = self.donors, self.room, self.books.grants, self.books.money
            commitments.decide_all(clock, calendar, appeals, *state, p.records)
            return
        budgets = total(self.donors.budget)
        views = appeals.views(self.crises)
        for donor, budget in zip(self.agents, self.donors.budget.tolist(), strict=True):
            share = budget / budgets if budgets else 0.0
            if begun is not None:
                donor.begin(views, share, begun, clock, calendar, p)
            donor.decide(views, share, clock, calendar, p)


def _mix(p: Parameters) -> Floats:
    return by_line(p.line_mix)
