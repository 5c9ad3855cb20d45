"""Justice: from cases identified formally to suspects, investigations and convictions (report sections 5 and 7)."""

from dataclasses import dataclass

from cyclesim.model.parameters import Parameters


@dataclass
class Justice:
    """Investigations of one crisis, as expected numbers; suspects and convictions are whole, from keyed ladders.

    Attributes
    ----------
    open_cases, with_witness
        Suspects under investigation or waiting for an investigator, and those of them against whom a survivor can
        testify.
    suspects, convictions
        Expected numbers of the month.
    """

    open_cases: float = 0.0
    with_witness: float = 0.0
    suspects: float = 0.0
    convictions: float = 0.0

    def step(self, completed: float, assisted: float, investigators: float, p: Parameters) -> None:
        """Open, work on and close investigations for a month   (J1, J2).

        suspects = completed * suspects_per_case
        worked on = min(open, investigators * investigator_caseload)
        convictions = worked on / investigation_months * conviction * (1 - testimony * (1 - share with a witness))

        A case that nobody works on is closed at the same pace as one that is worked on, without a result (M3).

        Parameters
        ----------
        completed, assisted
            Cases of survivors whose casework ended, and those of them who are assisted and so can testify (M39).
        investigators
            Investigators in full use.
        """
        pace = 1.0 / p.investigation_months
        witness = self.with_witness / self.open_cases if self.open_cases > 0 else 1.0
        worked_on = min(self.open_cases, investigators * p.investigator_caseload)
        self.convictions = worked_on * pace * p.conviction * (1.0 - p.testimony * (1.0 - witness))
        self.suspects = completed * p.suspects_per_case
        self.open_cases += self.suspects - self.open_cases * pace
        self.with_witness += assisted * p.suspects_per_case - self.with_witness * pace
