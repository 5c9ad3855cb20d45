"""Every name that crosses a boundary, defined once.

The words are those of the field: epidemiology for people, humanitarian finance for money.
"""

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
    RECEPTION = "reception"


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
