"""The parts of a scenario: frozen, strict, each with its unit.

Mappings are keyed by name everywhere; nothing is addressed by position.
"""

import re
import unicodedata
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, WithJsonSchema

from cyclesim.inputs import dates
from cyclesim.inputs.quantity import SUM_TOLERANCE, added
from cyclesim.vocabulary import Channel, DonorKind, Group, Kind, Line, Route, Status

MAX_PEOPLE = 10**10
MAX_ORGANISATIONS = 5_000
MAX_WAVES = 2_000
_BIDIRECTIONAL = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
RECOMMENDATION = r"^[RP][0-9]{1,2}[a-z]?$"


def _name(value: str) -> str:
    if not 1 <= len(value) <= 60:
        raise ValueError("a name has 1 to 60 characters")
    for letter in value:
        if not (unicodedata.category(letter)[0] in "LMN" or letter in " -_'\u2019(),"):
            shown = letter if letter.isprintable() else f"U+{ord(letter):04X}"
            raise ValueError(
                f"the character {shown!r} is not allowed in a name; use letters, digits, spaces and -_'(),"
            )
    if value != value.strip() or value != unicodedata.normalize("NFC", value):
        raise ValueError("a name must not begin or end with a space, and must be in composed (NFC) form; retype it")
    return value


def _text(value: str) -> str:
    for letter in value:
        if letter != "\n" and (unicodedata.category(letter) == "Cc" or letter in _BIDIRECTIONAL):
            raise ValueError(f"holds the invisible character U+{ord(letter):04X}; delete it")
    return value


def _question(value: str) -> str:
    if not value.rstrip().endswith("?"):
        raise ValueError("must be one sentence that ends with a question mark")
    return value


def _year(value: Any) -> Any:
    if isinstance(value, str):
        if not (value.isascii() and value.isdigit() and len(value) == 4):
            raise ValueError("must be a year, such as 2023")
        return int(value)
    return value


def _sum_to_one(shares: dict[Any, float]) -> dict[Any, float]:
    total = added(sorted(shares.values()))
    if abs(total - 1) > SUM_TOLERANCE:
        raise ValueError(f"shares add up to {total:.10g}, not to 1; change one of them")
    return shares


def _recommendation(value: str) -> str:
    if re.fullmatch(RECOMMENDATION, value):
        return value
    raise ValueError("must be the id of a recommendation or promising practice; write it as R9 or P4")


def _budget_form(value: Any) -> str:
    return "years" if isinstance(value, dict) else "number"


Text = Annotated[str, AfterValidator(_text)]
Title = Annotated[Text, Field(min_length=1, max_length=200)]
Question = Annotated[Text, Field(min_length=1, max_length=500), AfterValidator(_question)]
Name = Annotated[str, AfterValidator(_name)]
Month = Annotated[str, BeforeValidator(dates.checked), WithJsonSchema({"type": "string", "pattern": dates.PATTERN})]
Number = Annotated[float, AfterValidator(lambda value: value + 0.0)]  # -0.0 and 0.0 are one
Amount = Annotated[Number, Field(ge=0, le=1e15)]
Share = Annotated[Number, Field(ge=0, le=1)]
Positive = Annotated[Number, Field(gt=0, le=1e15)]
Year = Annotated[int, BeforeValidator(_year), Field(ge=1900, le=2300)]
Recommendation = Annotated[
    str, AfterValidator(_recommendation), WithJsonSchema({"type": "string", "pattern": RECOMMENDATION})
]
Budget = Annotated[
    Annotated[Amount, Tag("number")] | Annotated[dict[Year, Amount], Field(min_length=1), Tag("years")],
    Discriminator(_budget_form),
]
Groups = Annotated[dict[Annotated[Group, Field(strict=False)], Share], AfterValidator(_sum_to_one)]
Statuses = Annotated[dict[Annotated[Status, Field(strict=False)], Share], AfterValidator(_sum_to_one)]
Lines = Annotated[dict[Annotated[Line, Field(strict=False)], Share], AfterValidator(_sum_to_one)]
SettingShares = Annotated[dict[str, Share], AfterValidator(_sum_to_one)]


class Part(BaseModel):
    """Base of every part: values do not change, unknown keys and wrong types are errors."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True
    )


class Sector(Part):
    """A sector that competes for the donors' money."""

    requirement: Amount
    """What the sector requires, US dollars per person in need per year."""
    coverage: Share
    """Share of the requirement that is funded."""


class Donor(Part):
    """An organisation that decides about money. What is absent follows the parameter of the same name."""

    kind: Annotated[DonorKind, Field(strict=False)]
    """Kind of donor."""
    budget: Budget
    """US dollars per year: one number, or a mapping from years to numbers."""
    fiscal_month: Annotated[int, Field(ge=1, le=12)] = 1
    """Month of the calendar in which the yearly decision is made."""
    flexible_share: Share | None = None
    """Share of grants that follows the bottleneck reported by responders."""
    naivety: Share | None = None
    """1 reads case counts without correcting for the capacity to find cases, 0 corrects fully."""
    prior_prevalence: Annotated[Number, Field(gt=0, le=1000)] | None = None
    """Median of the prior belief, people exploited at any time in the year per 1,000 in need."""
    multi_year_share: Share | None = None
    """Share of new grants that run for three years."""
    route: Annotated[Route, Field(strict=False)] = Route.INGO
    """Way from the decision to the field."""
    lines: Lines | None = None
    """Earmark profile: share of each line of spending; absent follows the parameter line_mix."""

    def budget_in(self, year: int) -> float:
        """Return the budget of a year in US dollars.

        A year that is not among budgets given by year takes the last one before it, or else the first.
        """
        if isinstance(self.budget, float):
            return self.budget
        earlier = [known for known in self.budget if known <= year]
        return self.budget[max(earlier) if earlier else min(self.budget)]


class Setting(Part):
    """A place with a hazard and a back end of its own."""

    back_end: str
    """Name of the back end that answers referrals from here."""
    intensity: Amount = 1.0
    """Factor on the hazard of being trafficked."""
    conflict: Share = 0.0
    """How far conflict hits people here."""
    climate: Share = 0.0
    """How far a changing climate or an environmental disaster hits people here."""
    broken_ties: Share = 0.0
    """How far families and communities here are torn apart."""
    without_means: Share | None = None
    """Share of people who have no means to move on to safety; absent tells nobody apart."""
    access: Share = 1.0
    """Factor on all contact and investigation; at 0 nobody there can be found, and the data show nobody."""


class Wave(Part):
    """People who arrive together. Without a month they are there before the first simulated month."""

    month: Month | None = None
    """Month of arrival."""
    people: Annotated[int, Field(ge=0, le=MAX_PEOPLE)]
    """How many people arrive."""
    settings: SettingShares
    """Share of them in each setting."""
    groups: Groups | None = None
    """Composition by group; absent follows the crisis."""
    statuses: Statuses | None = None
    """Composition by status; absent follows the crisis."""
    displaced_months: Annotated[int, Field(ge=0, le=1200)] = 0
    """Months of displacement behind them on arrival."""
    home: str | None = None
    """Setting in which they live as host community until `month`; absent is outside the model until then."""
    protected: bool = True
    """Whether those of regular status may hold a protective status."""
    in_need: bool = True
    """Whether the appeal is for them; people at home before they are displaced never count."""
    departure: Amount = 0.0
    """Hazard of leaving for good (return or onward movement), per person per month, from arrival on."""
    departs: dict[Month, Share] = {}
    """Dated departures: months, and the share of those still there who leave for good in each."""


class Organisation(Part):
    """A frontline organisation, or an aggregate of several."""

    kind: Annotated[Kind, Field(strict=False)]
    """Kind of organisation."""
    channel: Annotated[Channel, Field(strict=False)]
    """Kind of contact through which its staff meet victims."""
    setting: str
    """Name of the setting in which it works."""
    staff: Amount
    """Frontline staff in full-time equivalents, in total."""
    count: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    """How many organisations this entry stands for."""
    trained: Share | None = None
    """Share of staff trained at the start; absent follows the parameter initial_trained."""
    international: bool = False
    """Whether its staff rotate as international staff do."""
    vetted: bool = True
    """Whether anybody has vetted it."""
    context: Share = 1.0
    """Knowledge of place, law and language."""
    arrives: Month | None = None
    """Month in which it starts to work; absent is before the first simulated month."""
    fade_months: Positive | None = None
    """Half-life in months of its staff after arrival; absent is for good."""


class BackEnd(Part):
    """What receives people and answers referrals, as far as states and other sectors pay for it.

    The parameter paid_by_others says how much of what is stated here is there.
    """

    caseworkers: Amount
    """Caseworkers."""
    investigators: Amount
    """Investigators."""
    conditional: Share
    """Share of help that is conditional on co-operation with the police."""
    assistance_places: Amount
    """People assisted per month."""
    reception: Amount = 0.0
    """Reception posts: hotlines, safe places, outreach, screening."""
    specialists: Amount = 0.0
    """Anti-trafficking specialists."""
    training: Share = 0.0
    """Rate at which staff are trained, per untrained worker per month."""


class Shock(Part):
    """A media shock."""

    month: Month
    """Month of the peak."""
    peak: Amount
    """Height of the peak; 1 is a full shock."""


class Crisis(Part):
    """One humanitarian crisis."""

    only_in_files: ClassVar = ("arrivals_from",)

    needs_met: Share
    """Share of general humanitarian needs that is met."""
    line: bool = False
    """Whether the response plan has a line for anti-trafficking work until month 0; from then on planning decides."""
    protection_ends: Month | None = None
    """Month from which a protective status is expected not to hold; whether it does end is a dated change."""
    groups: Groups
    """Composition by group of waves that do not give their own."""
    statuses: Statuses
    """Composition by status of waves that do not give their own."""
    settings: Annotated[dict[Name, Setting], Field(min_length=1, max_length=1_000)]
    """Settings by name."""
    arrivals: Annotated[dict[Name, Wave], Field(min_length=1, max_length=MAX_WAVES)]
    """Waves of arrival by name."""
    organisations: Annotated[dict[Name, Organisation], Field(max_length=MAX_ORGANISATIONS)] = {}
    """Frontline organisations by name."""
    back_ends: Annotated[dict[Name, BackEnd], Field(min_length=1, max_length=1_000)]
    """Back ends by name."""
    attention: Annotated[dict[Name, Shock], Field(max_length=1_000)] = {}
    """Media shocks by name."""


class Change(Part):
    """A dated change of numbers addressed by path, such as ``donors.Northland.budget``."""

    from_: Annotated[Month, Field(alias="from")]
    """First month in which it holds."""
    until: Month | None = None
    """First month in which it no longer holds; absent is for good."""
    ramp: Annotated[int, Field(ge=0, le=1200)] = 0
    """Months over which it builds up."""
    set: dict[str, Number] = {}
    """Paths and their new values."""
    scale: dict[str, Amount] = {}
    """Paths and the factors on their values."""
    add: dict[str, Number] = {}
    """Paths and the amounts added to their values."""
    close: dict[str, Share] = {}
    """Paths of shares, and the part of what is left between each and its upper bound that is closed."""
    why: Text = ""
    """Reason, in one line."""


class Intervention(Change):
    """A change that somebody could decide on, with its cost."""

    only_in_files: ClassVar = ("uses", "strength")

    recommendation: Recommendation | None = None
    """Recommendation or promising practice of the report that it tests, such as R9 or P4."""
    cost: Amount = 0.0
    """Cost in US dollars per month while it holds."""
    share: Share = 1.0
    """Part of it that is carried out: its effects and its cost alike."""
    size: Annotated[Number, Field(ge=0, le=10)] = 1.0
    """How large its effects are, against what is stated: as if made so many times. Its cost stays."""
