"""What readers take of a published estimate of the prevalence."""

from typing import NamedTuple


class PublishedEstimate(NamedTuple):
    """A published estimate of the yearly prevalence per 1,000 people in need, as its readers can take it.

    Attributes
    ----------
    raw, raw_error
        Mean and standard error of its logarithm as it stands.
    corrected, corrected_error
        The same after known errors of the method are taken out; an infinite error says that this cannot be done.
    """

    raw: float
    raw_error: float
    corrected: float
    corrected_error: float
