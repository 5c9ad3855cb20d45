"""Hazards of leaving exploitation, and who comes forward or accepts help (docs/design.md, H4 and H5)."""

from __future__ import annotations

import numpy as np

from cyclesim.model.luck import Floats
from cyclesim.model.people.hazards import Layout, inside_areas_of_responsibility
from cyclesim.model.people.risks import POLICE, RISKS, Risk, found
from cyclesim.model.values import OfParameters, Values
from cyclesim.vocabulary import CHILDREN, Channel, Form, Group, Status

_ABROAD = (Status.REGULAR_STATUS, Status.IRREGULAR_STATUS)
_PROTECTION = [list(Channel).index(c) for c in (Channel.HUMANITARIAN, Channel.HEALTH_SOCIAL)]


class Exits:
    """Hazards of leaving exploitation by cell, and the probabilities that go with them.

    Parameters
    ----------
    layout
        The cells.
    """

    def __init__(self, layout: Layout) -> None:
        statuses, groups = list(Status), list(Group)
        self._layout = layout
        self._inside = inside_areas_of_responsibility(layout)
        self._displaced = layout.status_of_cell == statuses.index(Status.INTERNALLY_DISPLACED)
        self._irregular = layout.status_of_cell == statuses.index(Status.IRREGULAR_STATUS)
        self._abroad = np.isin(layout.status_of_cell, [statuses.index(s) for s in _ABROAD])
        children = np.isin(layout.group_of_cell, [groups.index(group) for group in CHILDREN])
        self._displaced_children = self._displaced & children
        self._institutional = layout.group_of_cell == groups.index(Group.INSTITUTIONAL_CHILDREN)
        self._met, self._access = OfParameters(self._meets), OfParameters(self._accessible)
        self._taken_up, self._lens = OfParameters(self._accepted), OfParameters(self._recognised)
        self._stays, self._willing = OfParameters(self._may_stay), OfParameters(self._comes_forward)
        self._received = OfParameters(self._is_received)

    def risks(self, p: Values, referral: Floats, proactive: Floats) -> Floats:
        """Return the hazards of leaving exploitation, shape (7, cells): escape, death, four channels, investigation.

        Parameters
        ----------
        referral
            Hazard of referral of a case that is taken up, shape (channels, settings).
        proactive
            Hazard of being found by proactive investigation, shape (settings,).
        """
        setting = self._layout.setting_of_cell
        risks = np.empty((RISKS, self._layout.cells))
        risks[Risk.ESCAPE] = escape(p)
        risks[Risk.DEATH] = p.death
        risks[Risk.CHANNELS : Risk.INVESTIGATION] = referral[:, setting] * self._taken_up(p)
        risks[Risk.CHANNELS + POLICE] *= self._lens(p)
        risks[Risk.CHANNELS : Risk.INVESTIGATION] *= self._met(p)
        for channel in _PROTECTION:
            risks[Risk.CHANNELS + channel] *= 1.0 - p.no_sharing
        seen = 1.0 - p.low_level_share * (1.0 - p.lens)  # police look for organised crime (M38)
        risks[Risk.CHANNELS + POLICE] *= (1.0 - p.complicity) * seen
        risks[Risk.INVESTIGATION] = proactive[setting] * self._access(p) * seen * self._met(p)[POLICE]
        return risks

    def _accepted(self, p: Values) -> Floats:
        return self._take_up(p) * self._access(p)

    def _recognised(self, p: Values) -> Floats:
        """Return the share of people of whom police think as victims at all (M34)."""
        result: Floats = np.where(self._irregular, 1.0 - p.smuggling_lens * (1.0 - p.detention), 1.0)
        return result

    def _may_stay(self, p: Values) -> Floats:
        result: Floats = np.where(self._irregular, 1.0 - p.no_right_to_stay, 1.0)
        return result

    def _comes_forward(self, p: Values) -> Floats:
        result: Floats = (1.0 - p.reluctance) * np.where(self._abroad, 1.0 - p.language_barrier, 1.0)
        return result

    def _is_received(self, p: Values) -> Floats:
        result: Floats = np.where(self._inside, 1.0, p.reception_outside)
        return result

    def detained(self, p: Values) -> Floats:
        """Return the share of police contacts that end in detention or expulsion, shape (cells,)   (H9; M34).

        Of people of irregular status whom police would recognise, `smuggling_lens` are treated as smuggled, and
        `detention` of these are held or expelled: they leave exploitation without having been identified.
        """
        held = p.smuggling_lens * p.detention
        contacts = 1.0 - p.smuggling_lens + held
        result: Floats = np.where(self._irregular, held / contacts if contacts > 0 else 0.0, 0.0)
        return result

    def forward(self, p: Values, conditional: Floats, attention: float, follows: float) -> Floats:
        """Return the probability that whoever escapes would come forward, were there reception, shape (cells,)   (H4).

        Parameters
        ----------
        attention
            Media attention: it raises calls to hotlines (M12).
        conditional
            Share of help that is conditional on co-operation with police, shape (settings,).
        follows
            Factor of what followed for those who came before (M47).
        """
        hazard = escape(p)
        willing = self._willing(p) * (1.0 - self.refusal(p, conditional))
        reports = p.self_report * (1.0 + p.hotline * attention)
        chance = willing * self._received(p) * follows * (min(reports / hazard, 1.0) if hazard > 0 else 0.0)
        result: Floats = np.minimum(chance, 1.0)
        return result

    def refusal(self, p: Values, conditional: Floats) -> Floats:
        """Return the probability that a person declines help, shape (cells,): conditions, no right to stay   (H5)."""
        accepts = 1.0 - p.refusal_conditional * conditional[self._layout.setting_of_cell]
        result: Floats = 1.0 - accepts * self._stays(p)
        return result

    def _meets(self, p: Values) -> Floats:
        """Return how often each channel meets people in each form of exploitation, shape (channels, cells)   (P1)."""
        table = np.array([[p.form_contact[c.value][f.value] for f in Form] for c in Channel])
        result: Floats = (table**p.form_contrast)[:, self._layout.form_of_cell]
        return result

    def _take_up(self, p: Values) -> Floats:
        taken = np.where(self._inside, p.coverage_inside, p.coverage_outside)
        result: Floats = taken * (1.0 - p.assumed_covered)
        return result

    def _accessible(self, p: Values) -> Floats:
        access = np.where(self._displaced, p.access_displaced, 1.0)
        access = access * np.where(self._displaced_children, p.access_displaced_children, 1.0)
        result: Floats = access * np.where(self._institutional, p.access_institutional, 1.0)
        return result


def escape(p: Values) -> float:
    """Return the hazard of an own escape, seen or unseen."""
    return float(p.self_report + max(p.exit_unrecorded - p.death, 0.0))


def identification(risks: Floats, detained: Floats, forward: Floats, refusal: Floats, answered: float) -> Floats:
    """Return the hazard of being identified, shape (sources, cells): channels, investigation, coming forward.

    Parameters
    ----------
    risks, detained, forward, refusal
        As in `Exits`.
    answered
        Share of referrals that are answered.
    """
    by_others = risks[Risk.CHANNELS :] * answered * (1.0 - refusal)
    by_others[POLICE] *= 1.0 - detained
    return np.concatenate([by_others, (risks[Risk.ESCAPE] * forward)[None]])


def expected_records(risks: Floats, detained: Floats, forward: Floats, refusal: Floats, answered: float) -> Floats:
    """Return the case records to be expected of a person in exploitation this month, shape (cells,).

    Parameters
    ----------
    risks, detained, forward, refusal
        As in `Exits`.
    answered
        Share of referrals that are answered.
    """
    total = risks.sum(axis=0)
    struck = np.divide(-np.expm1(-total), total, out=np.ones_like(total), where=total > 0)  # risks compete
    by_others = found(risks, detained) * answered * (1.0 - refusal)
    result: Floats = struck * (by_others + risks[Risk.ESCAPE] * forward)
    return result
