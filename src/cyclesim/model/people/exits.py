"""Hazards of leaving exploitation, and who comes forward or accepts help (docs/design.md, H4 and H5)."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cyclesim.model.arithmetic import expm1, power
from cyclesim.model.arrays import Flags, Floats, Integers
from cyclesim.model.compiled import compiled, within
from cyclesim.model.parameters import Parameters
from cyclesim.model.people.hazards import Layout, inside_areas_of_responsibility
from cyclesim.model.people.risks import CAME_FORWARD, CHANNELS, POLICE, RISKS, Risk
from cyclesim.vocabulary import CHILDREN, Channel, Form, Group, Status

_ABROAD = (Status.REGULAR_STATUS, Status.IRREGULAR_STATUS)
_PROTECTION = (list(Channel).index(Channel.HUMANITARIAN), list(Channel).index(Channel.HEALTH_SOCIAL))


class Cells(NamedTuple):
    """What tells the cells apart, shape (cells,).

    Attributes
    ----------
    setting, form
        Indices.
    inside
        Whether gender-based violence or child protection covers them (M20).
    displaced, irregular, abroad, children, institutional
        What status and group make people.
    """

    setting: Integers
    form: Integers
    inside: Flags
    displaced: Flags
    irregular: Flags
    abroad: Flags
    children: Flags
    institutional: Flags

    @classmethod
    def of(cls, layout: Layout) -> "Cells":
        """Return what is known of the cells of a layout."""
        statuses, groups = list(Status), list(Group)
        return cls(
            layout.setting_of_cell,
            layout.form_of_cell,
            inside_areas_of_responsibility(layout),
            layout.status_of_cell == statuses.index(Status.INTERNALLY_DISPLACED),
            layout.status_of_cell == statuses.index(Status.IRREGULAR_STATUS),
            np.isin(layout.status_of_cell, [statuses.index(s) for s in _ABROAD]),
            np.isin(layout.group_of_cell, [groups.index(group) for group in CHILDREN]),
            layout.group_of_cell == groups.index(Group.INSTITUTIONAL_CHILDREN),
        )


def contact(p: Parameters) -> Floats:
    """Return how often each channel meets people in each form of exploitation, shape (channels, forms)   (P1)."""
    return np.array([[power(p.form_contact[c.value][f.value], p.form_contrast) for f in Form] for c in Channel])


@compiled
def find(
    ps: Sequence[Parameters], cells: Cells, contact: Floats, referral: Floats, proactive: Floats, risks: Floats
) -> None:
    """Write the hazards of leaving exploitation; shape (7, cells): escape, death, four channels, investigation."""
    p = ps[0]
    away = escape(p)
    for cell in range(risks.shape[1]):
        setting, form = cells.setting[cell], cells.form[cell]
        reachable = accessible(cell, cells, p)
        risks[Risk.ESCAPE, cell], risks[Risk.DEATH, cell] = away, p.death
        for channel in range(CHANNELS):
            referred = referral[channel, setting] * contact[channel, form] * reachable * taken_up(cell, cells, p)
            if channel in _PROTECTION:
                referred *= 1.0 - p.no_sharing
            if channel == POLICE:
                referred *= recognised(cell, cells, p) * seen(p) * (1.0 - p.complicity)
            risks[Risk.CHANNELS + channel, cell] = referred
        risks[Risk.INVESTIGATION, cell] = proactive[setting] * contact[POLICE, form] * reachable * seen(p)


@compiled
def escape(p: Parameters) -> float:
    """Return the hazard of an own escape, seen or unseen."""
    return p.self_report + max(p.exit_unrecorded - p.death, 0.0)


@within
def accessible(cell: int, cells: Cells, p: Parameters) -> float:
    """Return the factor on contact for people whom responders reach less."""
    access = p.access_displaced if cells.displaced[cell] else 1.0
    if cells.displaced[cell] and cells.children[cell]:
        access *= p.access_displaced_children
    return access * p.access_institutional if cells.institutional[cell] else access


@within
def taken_up(cell: int, cells: Cells, p: Parameters) -> float:
    """Return the share of cases that somebody takes up: areas of responsibility cover some people (M20)."""
    return (p.coverage_inside if cells.inside[cell] else p.coverage_outside) * (1.0 - p.assumed_covered)


@within
def recognised(cell: int, cells: Cells, p: Parameters) -> float:
    """Return the share of people of whom police think as victims at all (M34)."""
    return 1.0 - p.smuggling_lens * (1.0 - p.detention) if cells.irregular[cell] else 1.0


@compiled
def seen(p: Parameters) -> float:
    """Return the share of trafficking that police look for: organised crime (M38)."""
    return 1.0 - p.low_level_share * (1.0 - p.lens)


@compiled
def detention(p: Parameters) -> float:
    """Return the share of police contacts with people of irregular status that end in detention   (H9; M34).

    Of people of irregular status whom police would recognise, `smuggling_lens` are treated as smuggled, and `detention`
    of these are held or expelled: they leave exploitation without having been identified.
    """
    held = p.smuggling_lens * p.detention
    contacts = 1.0 - p.smuggling_lens + held
    return held / contacts if contacts > 0.0 else 0.0


@compiled
def detain(ps: Sequence[Parameters], cells: Cells, shares: Floats) -> None:
    """Write the share of police contacts that end in detention or expulsion; see `detention`."""
    share = detention(ps[0])
    for cell in range(shares.size):
        shares[cell] = share if cells.irregular[cell] else 0.0


@compiled
def come_forward(
    ps: Sequence[Parameters], cells: Cells, conditional: Floats, attention: float, follows: float, chances: Floats
) -> None:
    """Write the probability of coming forward after an escape; see `Exits.forward`."""
    p = ps[0]
    away, reports = escape(p), p.self_report * (1.0 + p.hotline * attention)
    for cell in range(chances.size):
        willing = (1.0 - p.reluctance) * (1.0 - p.language_barrier if cells.abroad[cell] else 1.0)
        received = 1.0 if cells.inside[cell] else p.reception_outside
        willing *= (1.0 - declines(cell, cells, conditional, p)) * received * follows
        chances[cell] = min(willing * (min(reports / away, 1.0) if away > 0.0 else 0.0), 1.0)


@within
def decline(ps: Sequence[Parameters], cells: Cells, conditional: Floats, chances: Floats) -> None:
    """Write the probability of declining help."""
    for cell in range(chances.size):
        chances[cell] = declines(cell, cells, conditional, ps[0])


@within
def declines(cell: int, cells: Cells, conditional: Floats, p: Parameters) -> float:
    """Return the probability that a person declines help: conditions, no right to stay   (H5)."""
    accepts = 1.0 - p.refusal_conditional * conditional[cells.setting[cell]]
    return 1.0 - accepts * (1.0 - p.no_right_to_stay if cells.irregular[cell] else 1.0)


@compiled
def identify(
    risks: Floats, detained: Floats, forward: Floats, refusal: Floats, answered: float, people: Floats, rates: Floats
) -> float:
    """Write the hazard of being identified, shape (sources, cells); return the records to be expected this month.

    Parameters
    ----------
    risks, detained, forward, refusal
        As above, by cell.
    answered
        Share of referrals that are answered.
    people
        In exploitation, shape (cells,).
    rates
        Written here: by channels, investigation, coming forward.
    """
    records = 0.0
    for cell in range(people.size):
        total, identified = 0.0, 0.0
        for risk in range(RISKS):
            total += risks[risk, cell]
        for source in range(CAME_FORWARD):
            rate = risks[Risk.CHANNELS + source, cell] * answered * (1.0 - refusal[cell])
            rates[source, cell] = rate * (1.0 - detained[cell]) if source == POLICE else rate
            identified += rates[source, cell]
        rates[CAME_FORWARD, cell] = risks[Risk.ESCAPE, cell] * forward[cell]
        struck = -expm1(-total) / total if total > 0.0 else 1.0  # risks compete
        records += people[cell] * struck * (identified + rates[CAME_FORWARD, cell])
    return records
