"""Research on prevalence: what linked lists and surveys say, and when whoever decides can read it.

Once a year lists are put together, linked as far as may be, and given to a capture-recapture estimator; a prevalence
survey is held where one is funded. Both come with their standard error, both can fail, and both are published late.
"""

import math
from dataclasses import dataclass

import numpy as np

from cyclesim.estimation.histories import Counts as Table
from cyclesim.estimation.methods import estimate
from cyclesim.model.arithmetic import exp, log1p
from cyclesim.model.arrays import Floats
from cyclesim.model.evidence.lists import NOBODY, Histories
from cyclesim.model.evidence.survey import Instrument, Surveyed, on_log_scale
from cyclesim.model.luck import Stream
from cyclesim.model.parameters import Parameters
from cyclesim.model.published import PublishedEstimate
from cyclesim.vocabulary import RecordList, Source

YEAR = 12
METHOD = "independence"
"""The log-linear model of independent lists: what a first look at lists uses; it takes lists of any size."""

_LISTS = tuple(str(name) for name in RecordList)  # in alphabetical order, as the estimators sort them
_Z = 1.959963984540054


@dataclass(frozen=True)
class ResearchStudy:
    """What the linked lists of a year say, in people per 1,000 there per year.

    Attributes
    ----------
    estimate, error, low, high
        Estimate, its standard error and a 95 % interval that does not reach below the people seen (Chao 1987);
        all 0 if refused.
    refused
        Whether the estimator has no answer: most often because nobody is on two lists.
    """

    estimate: float = 0.0
    error: float = 0.0
    low: float = 0.0
    high: float = 0.0
    refused: bool = True


def study(linked: Histories, people: float) -> ResearchStudy:
    """Return what capture-recapture makes of linked lists   (L5).

    Parameters
    ----------
    linked
        Histories of the window.
    people
        People there, in need or not.
    """
    cells = linked.linked.astype(np.float64)
    if cells.sum() == 0 or people <= 0:
        return ResearchStudy()
    found = estimate(Table(_LISTS, cells), METHOD)
    if found.estimate is None or found.standard_error is None:
        return ResearchStudy()
    scale, seen = 1000.0 / people, float(cells.sum())
    unseen = found.estimate - seen
    factor = exp(_Z * math.sqrt(log1p((found.standard_error / unseen) ** 2))) if unseen > 0 else 1.0
    low, high = seen + unseen / factor, seen + unseen * factor
    return ResearchStudy(found.estimate * scale, found.standard_error * scale, low * scale, high * scale, refused=False)


class Research:
    """What has been recorded, studied and asked in one crisis.

    Parameters
    ----------
    luck
        Luck of the samples asked, a record for each month; None for expected findings.
    """

    def __init__(self, luck: Stream | None) -> None:
        self._luck = luck
        self._published: list[tuple[int, Source, PublishedEstimate]] = []
        self._due = 1.0  # surveys due: the first is held as soon as there are to be any
        self.linked_lists = NOBODY  # lists put together this month
        self.overlap = 0.0  # share of the people identified in the latest full year whom linked lists show twice
        self.latest_study = ResearchStudy()
        self.latest_survey: Surveyed | None = None
        self._moved, self._findings = True, np.zeros(8)  # whether anything was found since they were written

    def findings(self) -> Floats:
        """Return what has been found, in the order of the measures: two lists, overlap, study, survey, shape (8,)."""
        if self._moved:
            found, survey = self.latest_study, self.latest_survey
            asked = (survey.raw, survey.corrected) if survey else (0.0, 0.0)
            said = found.estimate, found.low, found.high, float(found.refused)
            self._moved, self._findings = False, np.array([self.linked_lists.on_two, self.overlap, *said, *asked])
        return self._findings

    def begin_month(self) -> None:
        """Begin a month in which no lists have been put together yet."""
        self._moved = self._moved or self.linked_lists is not NOBODY
        self.linked_lists = NOBODY

    def study_lists(self, histories: Histories, clock: int, people: float, p: Parameters) -> None:
        """Study the lists of a year, put together at its end; what comes out is published `reporting_lag` later.

        Parameters
        ----------
        histories
            Of the people identified in the year.
        people
            People there, in need or not.
        """
        identified = float(histories.held.sum())
        self.linked_lists, self._moved = histories, True
        self.overlap = histories.on_two / identified if identified else 0.0
        self.latest_study = found = study(histories, people)
        if not found.refused:
            log = on_log_scale(found.estimate, found.error)
            self._published.append((clock + round(p.reporting_lag), Source.LINKED_LISTS, PublishedEstimate(*log, *log)))

    def accrue_survey(self, p: Parameters) -> bool:
        """Move on by a month, and return whether a survey is to be held now, if it can be paid."""
        if p.surveys_a_year <= 0:
            return False
        self._due = min(self._due + p.surveys_a_year / YEAR, 1.0)
        return self._due >= 1.0 - 1e-9

    def hold_survey(self, clock: int, prevalence: float, p: Parameters) -> None:
        """Hold a prevalence survey.

        Parameters
        ----------
        prevalence
            Share of the people there who were exploited within the last year: the sample sees it, nobody else.
        """
        self._due, self._moved = self._due - 1.0, True
        uniform = None if self._luck is None else float(self._luck.records(clock, 1)[0, 0])
        self.latest_survey = found = Instrument.of(p).survey(prevalence, uniform)
        raw, corrected = on_log_scale(found.raw, found.raw_error), (0.0, math.inf)
        if math.isfinite(found.corrected_error):
            corrected = on_log_scale(found.corrected, found.corrected_error)
        self._published.append((clock + round(p.survey_months), Source.SURVEY, PublishedEstimate(*raw, *corrected)))

    def published(self, clock: int, p: Parameters) -> tuple[tuple[PublishedEstimate, float], ...]:
        """Return what was published in the last 12 months, with the weight it has with whoever decides.

        What is held back (M5) does not reach everybody: it counts for less.
        """
        late = (
            (reading, _weight(source, p)) for when, source, reading in self._published if clock - YEAR < when <= clock
        )
        return tuple((reading, weight) for reading, weight in late if weight > 0)

    def appeared(self, clock: int, p: Parameters) -> list[tuple[Source, PublishedEstimate, float]]:
        """Return what is published in this month, read by anybody or not: source, reading, weight."""
        now = [(source, reading) for when, source, reading in self._published if when == clock]
        return [(source, reading, _weight(source, p)) for source, reading in now]


def _weight(source: Source, p: Parameters) -> float:
    believed = p.estimate_weight if source is Source.LINKED_LISTS else 1.0
    return float(believed * (1.0 - p.gatekeeping))
