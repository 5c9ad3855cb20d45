"""What is observed each month, apart from behaviour."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyclesim.measures import MEASURES, Measure
from cyclesim.model.arithmetic import exp
from cyclesim.model.arrays import Floats
from cyclesim.model.crisis import Crisis
from cyclesim.model.evidence.lists import NOBODY
from cyclesim.model.funding.donors import Funding
from cyclesim.model.observing import Sheets, note_totals, observe
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
    funding
        The donors and the money.
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
        funding: Funding,
        months: int,
        whole: bool = True,
        payer: Payer = Payer.OUTSIDE,
    ) -> None:
        self._payer, self._whole, self._months = payer, whole, months
        self._crises, self._funding = list(crises.values()), funding
        rows, donors = months * len(self._crises), len(funding.agents)
        self._main: Any = np.zeros(rows, dtype=[(name, np.float64) for name in MEASURES]).view(np.recarray)
        self._lists = [np.zeros((months, 2, len(RecordList))) for _ in self._crises]
        self._estimates: list[tuple[str, int, str, float, float, float, float, float]] = []
        self._before = np.zeros((len(self._crises), 4), dtype=np.int64)
        self._sheets = [
            Sheets(
                self._main,
                self._before,
                np.zeros((months, 3, c.layout.cells)),
                np.zeros((months, 5, len(Line)), dtype=np.int64),
                np.zeros((months, 2, donors)),
            )
            for c in self._crises
        ]

    def observe(self, month: int, bills: Sequence[int]) -> None:
        """Note the state at the end of a month and the flows of it.

        Parameters
        ----------
        bills
            What interventions in force cost this month, in cents, by crisis.
        """
        money, donors = self._funding.books.money, self._funding.donors
        for c, crisis in enumerate(self._crises):
            if month < 0:
                note_totals(c, money, self._before)
                continue
            row, found = c * self._months + month, crisis.research.findings()
            paid = bills[c], self._payer is Payer.OUTSIDE, self._sheets[c]
            observe(c, month, row, crisis.world, money, donors, found, *paid, crisis.p.records)
            histories = crisis.research.linked_lists
            if histories is not NOBODY:
                self._lists[c][month] = [histories.records, histories.shared]
            self._note_estimates(crisis, month)

    def tables(self) -> dict[str, Table]:
        """Return all tables by name, as columns.

        They are months, settings, groups, forms, lines, lists, donors, and estimates: a row for each estimate of the
        prevalence published, none where there was none.
        """
        crises = self._crises
        months = np.tile(np.arange(self._months), len(crises))
        names = np.repeat(np.array([c.name for c in crises], dtype=object), self._months)
        main = {name: self._typed(self._main[name], measure) for name, measure in MEASURES.items()}
        tables: dict[str, Table] = {"months": {"crisis": names, "month": months, **main}}
        for key in ("setting", "group", "form"):
            tables[f"{key}s"] = _joined([self._by_cells(c, key, number) for number, c in enumerate(crises)])
        lines = ("committed_cents", "disbursed_cents", "spent_cents", "charged_cents", "balance_cents")
        records = ("records", "shared_records")
        donors = [d.name for d in self._funding.agents]
        breakdowns: Any = (
            ("lines", "line", list(Line), lines, [sheets.lines for sheets in self._sheets]),
            ("lists", "list", list(RecordList), records, [self._counted(lists) for lists in self._lists]),
            ("donors", "donor", donors, ("belief", "rate"), [sheets.beliefs for sheets in self._sheets]),
        )
        for table, key, labels, measures, values in breakdowns:
            each = zip(crises, values, strict=True)
            tables[table] = _joined([_long(c.name, key, labels, measures, numbers) for c, numbers in each])
        tables["estimates"] = self._published()
        return tables

    # ------------------------------------------------------------ details

    def _typed(self, values: Floats, measure: Measure) -> NDArray[np.generic]:
        """Return a column as its type: cents are always whole, people and cases in the individual ledger."""
        whole = measure.integer and (self._whole or measure.unit == "cents")
        return values.astype(np.int64) if whole else values.copy()

    def _counted(self, people: Floats) -> NDArray[np.generic]:
        """Return people, or records, as whole numbers if that is what they are."""
        return people.astype(np.int64) if self._whole else people

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

    def _by_cells(self, crisis: Crisis, key: str, number: int) -> Table:
        known: dict[str, Sequence[str]] = {"setting": crisis.settings, "group": list(Group), "form": list(Form)}
        labels = known[key]
        which, cells = getattr(crisis.layout, f"{key}_of_cell"), self._sheets[number].cells
        by_label = [cells[:, :, which == label].sum(axis=2) for label in range(len(labels))]
        counts = self._counted(np.stack(by_label, axis=2))
        return _long(crisis.name, key, labels, ("exploited", "newly_exploited", "identified"), counts)


def _long(
    crisis: str, key: str, labels: Sequence[str], measures: tuple[str, ...], values: NDArray[np.generic]
) -> Table:
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
