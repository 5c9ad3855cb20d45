"""The question which use of a sum averts most exploitation."""

from cyclesim.questions.asking import Option, Question
from cyclesim.questions.portfolio import compute, draw, tell
from cyclesim.questions.portfolio.compute import Portfolio

__all__ = ["Portfolio", "portfolio"]

OPTIONS = {
    "total": Option("US$ to use, over all months of the scenario.", "--sum"),
    "periods": Option("Periods it is split over.", low=1),
    "floors": Option("Least share of a line: back_end=20%.", "--floor"),
    "caps": Option("Largest share of a line: prevention=40%.", "--cap"),
    "by_crisis": Option("Split over crises too; otherwise they share by what each asks for."),
    "target": Option("Say too which sum, split as the best use, averts so many person-months."),
    "evaluations": Option("Uses tried.", low=40),
    "replications": Option("Worlds of the ledger in each draw; 0 scores in twins.", low=0, default=1),
    "seed": Option("Seed of search, draws and luck.", low=0),
}

portfolio = Question("portfolio", compute.portfolio, tell.tell, draw.draw, OPTIONS)
