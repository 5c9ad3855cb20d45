"""Every name that crosses a boundary, defined once.

The words are those of the field: epidemiology for people, humanitarian finance for money.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Group(StrEnum):
    """Whom the hazard of being trafficked tells apart (report sections 2, 4 and 8)."""

    WOMEN = "women"
    MEN = "men"
    GIRLS = "girls"
    BOYS = "boys"
    UNACCOMPANIED_CHILDREN = "unaccompanied_children"
    INSTITUTIONAL_CHILDREN = "institutional_children"


CHILDREN = (Group.GIRLS, Group.BOYS, Group.UNACCOMPANIED_CHILDREN, Group.INSTITUTIONAL_CHILDREN)


class Status(StrEnum):
    """Legal and displacement status of a person at risk."""

    INTERNALLY_DISPLACED = "internally_displaced"
    REGULAR_STATUS = "regular_status"
    IRREGULAR_STATUS = "irregular_status"
    HOST_COMMUNITY = "host_community"


class Form(StrEnum):
    """Form of exploitation."""

    SEXUAL_EXPLOITATION = "sexual_exploitation"
    FORCED_LABOUR = "forced_labour"
    DOMESTIC_SERVITUDE = "domestic_servitude"
    FORCED_MARRIAGE = "forced_marriage"
    FORCED_CRIMINALITY = "forced_criminality"
    OTHER = "other"


class Channel(StrEnum):
    """Kind of contact through which a frontline responder can meet a victim."""

    HUMANITARIAN = "humanitarian"
    HEALTH_SOCIAL = "health_social"
    POLICE_BORDER = "police_border"
    INSPECTION_COMMUNITY = "inspection_community"


class RecordList(StrEnum):
    """List on which a person can be on record; in alphabetical order, as estimators take them."""

    GOVERNMENT_BORDER = "government_border"
    HEALTH = "health"
    INTERNATIONAL_ORGANISATION = "international_organisation"
    NGO = "ngo"
    POLICE = "police"


class Source(StrEnum):
    """What a published estimate of the prevalence comes from."""

    LINKED_LISTS = "linked_lists"
    SURVEY = "survey"


class Line(StrEnum):
    """Line of anti-trafficking spending."""

    TRAINING = "training"
    SPECIALISTS = "specialists"
    BACK_END = "back_end"
    ASSISTANCE = "assistance"
    PREVENTION = "prevention"
    DATA = "data"
    PREPAREDNESS = "preparedness"


class Kind(StrEnum):
    """Kind of frontline organisation."""

    UN_INGO = "un_ingo"
    SPECIALIST = "specialist"
    LOCAL_NGO = "local_ngo"
    NEWLY_REGISTERED = "newly_registered"
    BORDER_FORCE = "border_force"
    POLICE = "police"
    HEALTH = "health"
    EDUCATION = "education"
    LABOUR_INSPECTORATE = "labour_inspectorate"
    SOCIAL_SERVICES = "social_services"


class DonorKind(StrEnum):
    """Kind of donor."""

    GOVERNMENT = "government"
    MULTILATERAL = "multilateral"
    FOUNDATION = "foundation"
    SOUTHERN_FUND = "southern_fund"


class Route(StrEnum):
    """Way a grant takes from a donor's decision to the field."""

    INGO = "ingo"
    INTERMEDIARY = "intermediary"
    LOCAL_FUND = "local_fund"


class Payer(StrEnum):
    """Who pays for the interventions of a scenario."""

    OUTSIDE = "outside"
    DONORS = "donors"


class LifeState(StrEnum):
    """Where a person stands in the model."""

    AT_RISK = "at_risk"
    EXPLOITED = "exploited"
    REFERRED = "referred"
    REPORTED = "reported"
    CASEWORK = "casework"
    SURVIVOR = "survivor"
    SETTLED = "settled"
    DEAD = "dead"


class LifeEvent(StrEnum):
    """What can happen to a person."""

    AT_HOME = "at_home"
    ARRIVED = "arrived"
    TRAFFICKED = "trafficked"
    TRAFFICKED_AGAIN = "trafficked_again"
    ESCAPED = "escaped"
    CAME_FORWARD = "came_forward"
    DETAINED = "detained"
    REFERRED = "referred"
    ANSWERED = "answered"
    DECLINED = "declined"
    LAPSED = "lapsed"
    UNANSWERED = "unanswered"
    IDENTIFIED_FORMALLY = "identified_formally"
    PRESUMPTIVE = "presumptive"
    SETTLED = "settled"
    DIED = "died"


LEADS_TO = {
    LifeEvent.AT_HOME: LifeState.AT_RISK,  # from the first month on, before displacement
    LifeEvent.ARRIVED: LifeState.AT_RISK,
    LifeEvent.TRAFFICKED: LifeState.EXPLOITED,
    LifeEvent.TRAFFICKED_AGAIN: LifeState.EXPLOITED,
    LifeEvent.ESCAPED: LifeState.SURVIVOR,  # nobody records it
    LifeEvent.CAME_FORWARD: LifeState.REPORTED,  # out of exploitation, waiting for casework
    LifeEvent.DETAINED: LifeState.SURVIVOR,  # or expelled; no case follows
    LifeEvent.REFERRED: LifeState.REFERRED,  # in exploitation, waiting for an answer
    LifeEvent.ANSWERED: LifeState.CASEWORK,
    LifeEvent.DECLINED: LifeState.EXPLOITED,
    LifeEvent.LAPSED: LifeState.EXPLOITED,
    LifeEvent.UNANSWERED: LifeState.SURVIVOR,  # of those who came forward
    LifeEvent.IDENTIFIED_FORMALLY: LifeState.SURVIVOR,
    LifeEvent.PRESUMPTIVE: LifeState.SURVIVOR,
    LifeEvent.SETTLED: LifeState.SETTLED,
    LifeEvent.DIED: LifeState.DEAD,
}
"""The state in which each event leaves a person."""


@dataclass(frozen=True)
class Measure:
    """One observed quantity of the monthly table.

    Parameters
    ----------
    name
        Column name.
    kind
        ``stock`` (at the end of the month), ``flow`` (during the month) or ``level`` (a share, rate or index).
    unit
        Unit of one entry.
    text
        What it is, in one line.
    integer
        Whether it is an int64 count or an int64 amount of cents; all others are float64.
    """

    name: str
    kind: str
    unit: str
    text: str
    integer: bool


def _table(*rows: tuple[str, str, str, str]) -> dict[str, Measure]:
    return {
        name: Measure(name, kind, unit, text, unit in ("people", "cents", "cases")) for name, kind, unit, text in rows
    }


MEASURES = _table(
    ("people", "stock", "people", "everybody in the model: at risk, exploited, in casework, survivors and the dead"),
    (
        "in_need",
        "stock",
        "people",
        "people the appeal is for; not those at home before they are displaced",
    ),
    ("at_risk", "stock", "people", "people who have never been trafficked in this world"),
    (
        "exploited",
        "stock",
        "people",
        "people in exploitation at the end of the month; its sum over months is person-months",
    ),
    ("in_casework", "stock", "people", "people out of exploitation whose case is being worked on"),
    ("survivors", "stock", "people", "people out of exploitation, at raised risk for some time after"),
    ("dead", "stock", "people", "people who have died in exploitation, since the first simulated month"),
    ("newly_trafficked", "flow", "people", "people trafficked for the first time"),
    ("retrafficked", "flow", "people", "survivors trafficked again"),
    ("escaped", "flow", "people", "people who left exploitation by themselves, seen or unseen"),
    ("came_forward", "flow", "people", "people who escaped and came forward, so that a record exists"),
    ("detained", "flow", "people", "people taken for smuggled, who left exploitation into detention or were expelled"),
    ("died", "flow", "people", "people who died in exploitation"),
    ("referred", "flow", "cases", "referrals by frontline responders and proactive investigation"),
    ("suspected_wrongly", "flow", "cases", "referrals, after triage, of people who are no victims"),
    ("identified_police", "flow", "people", "of the people identified: through police, border force or investigation"),
    ("suspects", "flow", "cases", "people suspected of trafficking, from the cases completed"),
    ("convictions", "flow", "cases", "suspects convicted"),
    ("answered", "flow", "cases", "referrals that the back end answered: the person is out of exploitation"),
    ("lapsed", "flow", "cases", "referrals that waited longer than patience lasts"),
    ("declined", "flow", "cases", "answered referrals in which the person declined help offered on conditions"),
    ("withdrawn", "flow", "cases", "referrals that ended because the person escaped or died while waiting"),
    ("waiting", "stock", "cases", "cases waiting for an answer"),
    ("identified", "flow", "people", "people of whom a case record was made, formal or presumptive"),
    ("identified_formally", "flow", "people", "cases completed with formal identification"),
    ("presumptive", "flow", "people", "cases completed without formal identification"),
    ("assisted", "flow", "people", "completed cases that received assistance"),
    ("reported", "flow", "cases", "case records that reached a published report this month"),
    ("referral_rate", "level", "per person per month", "mean hazard of being referred, over people in exploitation"),
    ("answered_share", "level", "share", "answered over answered and lapsed in the last 12 months, referrals only"),
    ("waiting_months", "level", "months", "mean wait of the cases answered this month"),
    (
        "true_prevalence",
        "level",
        "per 1,000 per year",
        "spells of exploitation under way in the last 12 months per 1,000 people",
    ),
    ("detected_prevalence", "level", "per 1,000 per year", "cases reported in the last 12 months per 1,000 people"),
    (
        "naive_estimate",
        "level",
        "per 1,000 per year",
        "detected prevalence over the prior detection share of a naive donor",
    ),
    ("detected_share", "level", "share", "people identified in the last 12 months over people exploited in them"),
    (
        "on_two_lists",
        "flow",
        "people",
        "people whom linked lists show twice or more; counted once a year, when the lists are put together",
    ),
    ("overlap_share", "level", "share", "on two lists or more over identified, in the latest full year"),
    (
        "mse_estimate",
        "level",
        "per 1,000 per year",
        "capture-recapture estimate from the linked lists of the latest full year; 0 if there is none",
    ),
    ("mse_low", "level", "per 1,000 per year", "lower end of its 95 % interval; 0 if there is none"),
    ("mse_high", "level", "per 1,000 per year", "upper end of its 95 % interval; 0 if there is none"),
    ("mse_refused", "level", "0 or 1", "1 where those lists overlap too little for any estimate"),
    (
        "survey_estimate",
        "level",
        "per 1,000 per year",
        "share of those asked who were exploited within a year, latest survey, as answered; 0 before the first",
    ),
    (
        "survey_corrected",
        "level",
        "per 1,000 per year",
        "the same, corrected for the errors of the instrument (Rogan-Gladen); 0 before the first survey",
    ),
    (
        "believed_prevalence",
        "level",
        "per 1,000 per year",
        "donors' median belief, mean over donors weighted by budget",
    ),
    (
        "deception",
        "level",
        "ratio",
        "believed over true prevalence: 1 is a true belief; 0 if undefined",
    ),
    ("requirement_cents", "flow", "cents", "what the anti-trafficking response requires"),
    ("committed_cents", "flow", "cents", "commitments made by donors"),
    ("disbursed_cents", "flow", "cents", "money that arrived in the field"),
    ("spent_cents", "flow", "cents", "money that responders spent"),
    ("balance_cents", "stock", "cents", "money disbursed and not yet spent"),
    ("outstanding_cents", "stock", "cents", "money committed and not yet disbursed"),
    ("intervention_cents", "flow", "cents", "stated cost of the interventions in force, whoever pays"),
    ("charged_cents", "flow", "cents", "cost of interventions paid out of the money that donors disbursed"),
    ("arrears_cents", "stock", "cents", "cost of interventions that donors' money has yet to pay"),
    ("total_spent_cents", "flow", "cents", "money spent on the response and on interventions, whoever pays"),
    ("coverage", "level", "share", "disbursed over required, last 12 months"),
    ("trained_share", "level", "share", "share of frontline staff trained, weighted by staff"),
    ("trust", "level", "share", "trust of frontline staff in the referral pathway, weighted by staff"),
    ("frontline_staff", "level", "people (full-time equivalent)", "frontline staff at work"),
    ("specialists", "level", "people (full-time equivalent)", "specialist posts filled by donors' money"),
    ("caseworkers", "level", "people (full-time equivalent)", "caseworkers at work in the back ends"),
    ("investigators", "level", "people (full-time equivalent)", "investigators at work in the back ends"),
    ("prevention", "level", "share", "share by which prevention lowers the hazard"),
    ("attention", "level", "index", "media attention (1 is the peak of a full shock)"),
)
"""The monthly measures of a crisis, by name."""

AVERTED = frozenset(
    {"person_months_exploited", "exploited", "newly_trafficked", "retrafficked", "died", "dead", "true_prevalence"}
)
"""Measures whose difference is baseline - counterfactual (averted, positive is good); all others the other way."""
