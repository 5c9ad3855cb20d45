"""What is observed each month, apart from behaviour."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyclesim.inputs.quantity import added
from cyclesim.measures import MEASURES, Measure
from cyclesim.model.arithmetic import exp
from cyclesim.model.crisis import Crisis
from cyclesim.model.funding.donors import Donor
from cyclesim.vocabulary import Form, Group, Line, Payer, RecordList

ESTIMATE = ("published", "error", "corrected", "corrected_error", "weight")
"""Of an estimate: as published and corrected for known errors, per 1,000 per year, each with the standard error of its
logarithm (infinite: it cannot be corrected); and the share of its precision that reaches whoever decides."""

Table = dict[str, NDArray[np.generic]]


class Observations:
    """The monthly table of a run, and its breakdowns by setting, group, form, line and donor.

    Parameters
    ----------
    crises
        By name, in order.
    donors
        By name, in order.
    months
        Months reported; the spin-up is not.
    whole
        Whether people and cases are whole numbers (int64) or expected ones (float64).
    payer
        Who pays for interventions.
    """

    def __init__(
        self,
        crises: Mapping[str, Crisis],
        donors: Mapping[str, Donor],
        months: int,
        whole: bool = True,
        payer: Payer = Payer.OUTSIDE,
    ) -> None:
        self._payer = payer
        self._crises, self._donors, self._months = list(crises.values()), list(donors.values()), months
        rows, counted = months * len(self._crises), np.int64 if whole else np.float64
        self._main = {name: np.zeros(rows, dtype=_dtype(measure, whole)) for name, measure in MEASURES.items()}
        self._cells = {c.name: np.zeros((months, 3, c.layout.cells), dtype=counted) for c in self._crises}
        self._lines = {c.name: np.zeros((months, 5, len(Line)), dtype=np.int64) for c in self._crises}
        self._lists = {c.name: np.zeros((months, 2, len(RecordList)), dtype=counted) for c in self._crises}
        self._beliefs = {c.name: np.zeros((months, 2, len(self._donors))) for c in self._crises}
        self._estimates: list[tuple[str, int, str, float, float, float, float, float]] = []
        self._before: dict[str, tuple[int, ...]] = {}

    def observe(self, month: int, bills: Sequence[int]) -> None:
        """Note the state at the end of a month and the flows of it.

        Parameters
        ----------
        bills
            What interventions in force cost this month, in cents, by crisis.
        """
        for number, crisis in enumerate(self._crises):
            totals = _money_totals(crisis)
            before = self._before.get(crisis.name, (0,) * len(totals))
            flows = [now - then for now, then in zip(totals, before, strict=True)]
            self._before[crisis.name] = totals
            if month < 0:
                continue
            row = number * self._months + month
            values = {**_people(crisis), **_knowledge(crisis), **_research(crisis), **_practice(crisis)}
            values |= self._money(crisis, flows)
            values["believed_prevalence"] = self.believed(crisis.name)
            values["deception"] = _ratio(values["believed_prevalence"], values["true_prevalence"])
            values["intervention_cents"] = bills[number]
            values["total_spent_cents"] = values["spent_cents"] + values["charged_cents"]
            values["total_spent_cents"] += values["intervention_cents"] if self._payer is Payer.OUTSIDE else 0
            for name, value in values.items():
                self._main[name][row] = value
            self._break_down(crisis, month)
            self._note_estimates(crisis, month)

    def believed(self, crisis: str) -> float:
        """Return donors' median beliefs about a crisis, averaged with their budgets as weights."""
        weight = math.fsum(d.budget for d in self._donors)
        if weight == 0:
            return 0.0
        return math.fsum(d.budget * d.beliefs[crisis].median for d in self._donors if d.budget) / weight

    def tables(self) -> dict[str, Table]:
        """Return all tables by name, as columns.

        They are months, settings, groups, forms, lines, lists, donors, and estimates: a row for each estimate of the
        prevalence published, none where there was none.
        """
        months = np.tile(np.arange(self._months), len(self._crises))
        names = np.repeat(np.array([c.name for c in self._crises], dtype=object), self._months)
        tables: dict[str, Table] = {"months": {"crisis": names, "month": months, **self._main}}
        tables["settings"] = _joined([self._by_cells(c, "setting", list(c.settings)) for c in self._crises])
        tables["groups"] = _joined([self._by_cells(c, "group", list(Group)) for c in self._crises])
        tables["forms"] = _joined([self._by_cells(c, "form", list(Form)) for c in self._crises])
        lines = ("committed_cents", "disbursed_cents", "spent_cents", "charged_cents", "balance_cents")
        tables["lines"] = _joined([_long(c.name, "line", list(Line), lines, self._lines[c.name]) for c in self._crises])
        records = ("records", "shared_records")
        tables["lists"] = _joined(
            [_long(c.name, "list", list(RecordList), records, self._lists[c.name]) for c in self._crises]
        )
        donors = [d.name for d in self._donors]
        tables["donors"] = _joined(
            [_long(c.name, "donor", donors, ("belief", "rate"), self._beliefs[c.name]) for c in self._crises]
        )
        tables["estimates"] = self._published()
        return tables

    # ------------------------------------------------------------ details

    def _money(self, crisis: Crisis, flows: list[int]) -> dict[str, float]:
        committed, disbursed, spent, charged = flows
        money = crisis.money
        return {
            "requirement_cents": crisis.required_cents(),
            "committed_cents": committed,
            "disbursed_cents": disbursed,
            "spent_cents": spent,
            "charged_cents": charged,
            "arrears_cents": money.arrears,
            "balance_cents": added(money.purses.values()),
            "outstanding_cents": added(money.outstanding(line) for line in Line),
            "coverage": crisis.records.coverage(),
        }

    def _break_down(self, crisis: Crisis, month: int) -> None:
        people = crisis.engine
        for row, counts in enumerate((people.exploited_by_cell(), people.entered_by_cell(), people.recorded().sum(0))):
            self._cells[crisis.name][month, row] = counts
        money = crisis.money
        for row, totals in enumerate((money.committed, money.disbursed, money.spent, money.charged, money.purses)):
            self._lines[crisis.name][month, row] = list(totals.values())
        histories = crisis.research.linked_lists
        self._lists[crisis.name][month] = [histories.records, histories.shared]
        self._beliefs[crisis.name][month, 0] = [d.beliefs[crisis.name].median for d in self._donors]
        self._beliefs[crisis.name][month, 1] = [d.rates[crisis.name] for d in self._donors]

    def _note_estimates(self, crisis: Crisis, month: int) -> None:
        """Note what is published on the prevalence, and how much of it reaches whoever decides and is believed."""
        for source, reading, weight in crisis.research.appeared(crisis.clock, crisis.p):
            plain = exp(reading.raw), reading.raw_error, exp(reading.corrected), reading.corrected_error
            self._estimates.append((crisis.name, month, str(source), *plain, weight))

    def _published(self) -> Table:
        columns = list(zip(*sorted(self._estimates), strict=True)) or [()] * (3 + len(ESTIMATE))
        kinds: tuple[Any, ...] = (object, np.int64, object, *[np.float64] * len(ESTIMATE))
        names = ("crisis", "month", "source", *ESTIMATE)
        return {n: np.array(c, dtype=kind) for n, c, kind in zip(names, columns, kinds, strict=True)}

    def _by_cells(self, crisis: Crisis, key: str, labels: list[str]) -> Table:
        which = getattr(crisis.layout, f"{key}_of_cell")
        cells = self._cells[crisis.name]
        counts = np.stack([cells[:, :, which == label].sum(axis=2) for label in range(len(labels))], axis=2)
        return _long(crisis.name, key, labels, ("exploited", "newly_exploited", "identified"), counts)


def _dtype(measure: Measure, whole: bool) -> type[np.int64 | np.float64]:
    """Return the type of a column: cents are always whole, people and cases in the individual ledger."""
    return np.int64 if measure.integer and (whole or measure.unit == "cents") else np.float64


def _people(crisis: Crisis) -> dict[str, float]:
    stocks, flows = crisis.engine.stocks(), crisis.engine.flows
    cohorts, engine = crisis.cohorts, crisis.engine
    present, waiting = cohorts.present(crisis.month), cohorts.sizes - engine.passed()  # for their threshold
    staying = waiting * cohorts.staying(crisis.month)
    at_risk = np.rint(staying).astype(np.int64) if waiting.dtype.kind == "i" else staying
    left = (engine.passed() - engine.reached() + waiting - at_risk)[present].sum()
    return {
        "people": crisis.people,
        "in_need": crisis.in_need,
        "at_risk": at_risk[present].sum(),
        "departed": left,
        "exploited": stocks.exploited,
        "in_casework": stocks.casework + stocks.waiting - stocks.found,
        "survivors": stocks.survivors + stocks.settled,
        "dead": stocks.dead,
        "waiting": stocks.waiting,
        "identified": crisis.identified,
        "identified_police": crisis.identified_police,
        "suspects": crisis.suspects,
        "convictions": crisis.convictions,
        "suspected_wrongly": crisis.wrongly,
        "waiting_months": _ratio(flows.waited, flows.answered),
    } | {name: getattr(flows, name) for name in _FLOWS}


_FLOWS = (
    "newly_trafficked", "retrafficked", "escaped", "came_forward", "referred", "answered", "lapsed", "declined",
    "withdrawn", "detained", "died", "identified_formally", "presumptive", "assisted",
)  # fmt: skip


def _knowledge(crisis: Crisis) -> dict[str, float]:
    records, clock = crisis.records, crisis.clock
    exploited = records.exploited_in_year()
    detected = _ratio(1000.0 * records.published_in_year(clock), crisis.people)
    return {
        "reported": records.published(clock),
        "true_prevalence": _ratio(1000.0 * exploited, crisis.people),
        "detected_prevalence": detected,
        "naive_estimate": detected / crisis.p.naive_detection_share,
        "detected_share": _ratio(records.in_year("identified"), exploited),
    }


def _research(crisis: Crisis) -> dict[str, float]:
    research = crisis.research
    study, survey = research.latest_study, research.latest_survey
    return {
        "on_two_lists": research.linked_lists.on_two,
        "overlap_share": research.overlap,
        "mse_estimate": study.estimate,
        "mse_low": study.low,
        "mse_high": study.high,
        "mse_refused": float(study.refused),
        "survey_estimate": survey.raw if survey else 0.0,
        "survey_corrected": survey.corrected if survey else 0.0,
    }


def _practice(crisis: Crisis) -> dict[str, float]:
    organisations, work = crisis.organisations, crisis.workforce
    return {
        "referral_rate": crisis.referral_rate(),
        "answered_share": crisis.answered_share(),
        "trained_share": organisations.mean(organisations.trained),
        "trust": organisations.mean(organisations.trust),
        "reception_posts": math.fsum(b.reception for b in crisis.back_ends),
        "received_share": crisis.received_share(),
        "turned_away": crisis.turned_away,
        "plan_line": float(crisis.planning.line),
        "frontline_staff": math.fsum(organisations.staff.tolist()),
        "specialists": crisis.specialists(),
        "caseworkers": math.fsum(b.caseworkers for b in crisis.back_ends),
        "investigators": math.fsum(b.investigators for b in crisis.back_ends),
        "prevention": work.prevention_share(crisis.p, crisis.in_need),
        "attention": crisis.attention(),
    }


def _money_totals(crisis: Crisis) -> tuple[int, ...]:
    money = crisis.money
    return tuple(added(part.values()) for part in (money.committed, money.disbursed, money.spent, money.charged))


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _long(crisis: str, key: str, labels: list[str], measures: tuple[str, ...], values: NDArray[np.generic]) -> Table:
    """Turn (months, measures, labels) into columns, a row for each month and label."""
    months, _, number = values.shape
    table: Table = {
        "crisis": np.full(months * number, crisis, dtype=object),
        "month": np.repeat(np.arange(months), number),
        key: np.tile(np.array([str(label) for label in labels], dtype=object), months),
    }
    return table | {measure: values[:, row].ravel() for row, measure in enumerate(measures)}


def _joined(tables: list[Table]) -> Table:
    return {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}
