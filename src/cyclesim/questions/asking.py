"""One way from a question to its answer: what is asked, the numbers, the finding, its pictures, its folder.

A question is a function that computes (pure of words), one that tells what it found as one `Finding`, and one that
draws it. From these three and a line for each option follow the function of the Python package, the command, the files
of a folder, the report, JSON, and what a notebook shows.
"""

from __future__ import annotations

import inspect
import json
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Protocol, TypeVar

from cyclesim.errors import DesignError
from cyclesim.inputs.scenario import Scenario
from cyclesim.inputs.study import Study, load_study
from cyclesim.outputs import finding as findings
from cyclesim.outputs.finding import Finding
from cyclesim.progress import watched
from cyclesim.questions.subject import are_runs, as_named, as_runs, as_scenario, as_scenarios
from cyclesim.runs import folder
from cyclesim.runs.results import Runs, engine
from cyclesim.worlds import writing
from cyclesim.worlds.design import draw_design

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COMMON = ("design", "workers", "progress", "seed", "planned")
"""Arguments that mean the same in every question, and are not part of what is asked."""


class Answerable(Protocol):
    """What a question computes: numbers that can be kept."""

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""

    def files(self) -> dict[str, Any]:
        """Return the tables that it is kept in, by file name: data frames or text."""


P = ParamSpec("P")
F = TypeVar("F", bound=Answerable)
Pictures = Mapping[str, "Figure"]
Asked = Mapping[str, Any]


@dataclass(frozen=True)
class Option:
    """How an argument of a question is asked for on the command line."""

    help: str
    flag: str = ""  # where that is not the name of the argument
    low: float | None = None
    high: float | None = None
    open: bool = False  # whether low and high themselves are out of bounds
    choices: Sequence[str] = ()
    metavar: str = ""
    default: Any = None  # on the command line, where that is not the one of the argument
    of: str = ""  # what it is asked of, runs or a scenario, where that is not both

    def named(self, argument: str) -> str:
        """Return the flag of an argument."""
        return self.flag or f"--{argument.replace('_', '-')}"

    def typed(self, argument: str, value: Any) -> list[str]:
        """Return it with a value, as it is typed."""
        flag = self.named(argument)
        if isinstance(value, bool):
            return [flag] if value else []
        if isinstance(value, Mapping):
            return [word for name, one in value.items() for word in (flag, shlex.quote(f"{name}={_full(one)}"))]
        if isinstance(value, Sequence) and not isinstance(value, str):
            return [word for one in value for word in (flag, shlex.quote(str(one)))]
        return [flag, _full(value) if isinstance(value, float) else shlex.quote(str(value))]


def _full(value: float) -> str:
    """Return a number with all its digits."""
    return repr(float(value)).removesuffix(".0")


@dataclass(repr=False, eq=False)
class Question(Generic[P, F]):
    """A question that can be put to a scenario, or to runs; call it as a function."""

    name: str  # of its command
    compute: Callable[P, F]  # gives the numbers; its first argument is what it is asked of
    tell: Callable[..., Finding]  # what it takes beside the numbers is about how much is shown
    draw: Callable[[F, Finding], Pictures]  # by name; the first is shown first
    options: Mapping[str, Option]  # of the arguments of `compute`
    kind: str = ""  # of its files and manifests, where that is not its name
    of: str = "scenario"  # or scenarios, study, runs, or either runs or a scenario
    engine: str = "twin"  # what simulates for it
    manifest: Callable[[Asked], dict[str, Any]] | None = None  # where it is not the derived one
    again: Callable[[Asked], str] | None = None  # the command line, where it is not the derived one
    plan: Callable[..., Any] | None = None  # finds the `worlds` simulated if not those asked about: ``planned``
    read: Callable[[Asked], Any] | None = None  # reads a subject that is no scenario, study or runs
    prose: bool = False  # whether the finding is mostly to be read, so that its text is kept in a file too

    def __post_init__(self) -> None:
        update_wrapper(self, self.compute)
        self.__module__ = sys._getframe(2).f_globals["__name__"]  # where the question is made
        self.kind = self.kind or self.name
        self.signature = inspect.signature(self.compute)
        self.subject = next(iter(self.signature.parameters))
        self.__signature__ = self.signature.replace(return_annotation=f"Answer[{self.signature.return_annotation}]")

    def __reduce__(self) -> str:  # pickled by the name that it has in its module
        return next(name for name, value in vars(sys.modules[self.__module__]).items() if value is self)

    def __repr__(self) -> str:
        return f"<question {self.name}: {(self.__doc__ or '').splitlines()[0]}>"

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Answer[F]:
        """Return the answer."""
        asked = self.bound(*args, **kwargs)
        with watched(asked.get("progress")) as progress:
            return self.answer(asked | ({"progress": progress} if "progress" in asked else {}))

    def bound(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return every argument by name, the subject loaded: names, files, folders and runs will all do."""
        bound = self.signature.bind(*args, **kwargs)
        bound.apply_defaults()
        asked = {n: _as_hinted(self.signature.parameters[n], value) for n, value in bound.arguments.items()}
        given = asked[self.subject]
        if self.read is not None:
            asked[self.subject] = self.read(asked)
        elif self.of == "runs" or (self.of == "either" and are_runs(given)):
            asked[self.subject] = as_runs(given, asked.get("seed") or 1, asked.get("workers") or 1)
        elif self.of == "scenarios":
            asked[self.subject] = as_scenarios(given)
        elif self.of == "study":
            asked |= _as_it_says(given if isinstance(given, Study) else load_study(given), self.subject, asked)
        else:
            given = as_named(given)
            asked[self.subject] = as_scenario(given)
            if "design" in asked and asked["design"] is None:
                asked["design"] = getattr(given, "design", None)
        if self.plan is not None and asked["planned"] is None:
            asked["planned"] = self.plan(**{name: asked[name] for name in inspect.signature(self.plan).parameters})
        return asked

    def answer(self, asked: Asked, subject: str = "", draws: str = "", **telling: Any) -> Answer[F]:
        """Compute, with arguments as `bound` gives them; subject and draws as in `command`, telling for `tell`.

        What the numbers say was ``chosen`` where it was not asked stands in the command too.
        """
        compute: Callable[..., F] = self.compute
        found = compute(**asked)
        command = self.command({**asked, **getattr(found, "chosen", {})}, subject, draws)
        return Answer(self, found, self.about(asked, getattr(found, "simulated", None)), command, telling)

    def own(self, asked: Asked) -> dict[str, Any]:
        """Return what is asked beside the subject and what all questions share."""
        other = "scenario" if isinstance(asked[self.subject], Runs) else "runs"
        idle = {name for name, option in self.options.items() if option.of == other}
        return {name: value for name, value in asked.items() if name not in (self.subject, *COMMON, *idle)}

    def about(self, asked: Asked, simulated: Runs | None = None) -> dict[str, Any]:
        """Return the manifest: what determines the answer; of worlds that were simulated, with their scenarios."""
        if self.manifest is not None:
            return self.manifest(asked)
        subject, seed, own = asked[self.subject], asked.get("seed", 1), self.own(asked)
        if isinstance(subject, Runs):
            about = subject.manifest
            own |= {"seed": seed} if "seed" in asked else {}
        elif simulated is not None:
            about = simulated.about(self.kind)
        else:
            own_draws = isinstance(subject, Scenario) and "draws" in asked
            design = draw_design(subject, asked["draws"], seed) if own_draws else asked.get("design")
            by = engine(asked["twin"]) if "twin" in asked else self.engine
            chosen, replications = _scenarios(asked, subject), asked.get("replications") or 1
            about = folder.manifest(self.kind, chosen, design, replications, seed, by)
        own |= subject.model_dump(mode="json", include={"experiment"}) if isinstance(subject, Study) else {}
        return folder.derived(about, self.kind, json.loads(json.dumps(own, default=str)), self.compute.__module__)

    def command(self, asked: Asked, subject: str = "", draws: str = "") -> str:
        """Return the command line that asks the same, of a subject and draws as they were typed, where they were."""
        if self.again is not None:
            return self.again(asked)
        given = asked[self.subject]
        if isinstance(given, Runs):
            names = [str(given.folder or "FOLDER")]
        else:
            names = [one.name for one in ([given] if hasattr(given, "name") else given)]
        words = ["cyclesim", self.name, subject or shlex.join(names)]
        for name, value in self.own(asked).items():
            option, default = self.options.get(name), self.signature.parameters[name].default
            if option and value != (default if option.default is None else option.default):
                words += option.typed(name, value)
        if draws or asked.get("design") is not None:
            words += ["--draws", shlex.quote(draws) if draws else "DESIGN.csv"]
        if "seed" in asked or draws:
            words += ["--seed", str(asked.get("seed", 1))]
        return " ".join(filter(None, words))


@dataclass(repr=False, eq=False)
class Answer(Generic[F]):
    """What came of a question: the numbers, and what is said and drawn of them.

    Whatever the numbers have (`found`) can be read off the answer itself.

    Attributes
    ----------
    question, found
        The question, and the numbers.
    about, command
        The manifest (what determines them), and the command that reproduces them.
    telling
        What the question's `tell` was asked beside the numbers.
    """

    question: Question[Any, F]
    found: F
    about: dict[str, Any]
    command: str
    telling: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def finding(self) -> Finding:
        """What is said of the numbers."""
        return self.question.tell(self.found, **self.telling)

    @cached_property
    def figures(self) -> Pictures:
        """The pictures, by name."""
        return self.question.draw(self.found, self.finding)

    def plot(self) -> Figure:
        """Return the first picture; a `DesignError` says that nothing is drawn of it."""
        if not self.figures:
            raise DesignError(f"no picture is drawn of this {self.question.kind}; its tables are in .finding.tables")
        return next(iter(self.figures.values()))

    def to_dict(self) -> dict[str, Any]:
        """Return numbers and finding as JSON types."""
        from cyclesim.charts import style

        alts = {name: style.title(figure) for name, figure in self.figures.items()}
        said = {"finding": self.finding.to_dict(), "pictures": alts, "command": self.command}
        return self.found.to_dict() | said

    def files(self) -> dict[str, Any]:
        """Return the files that it is kept in, by name."""
        from cyclesim.charts import style

        text = json.dumps(self.to_dict(), indent=1, ensure_ascii=False, allow_nan=False)
        kind = self.question.kind
        files = {**self.found.files(), f"{kind}.json": f"{text}\n"}
        if self.question.prose:
            files[f"{kind}.txt"] = findings.as_prose(self.finding, self.about)
        for name, figure in self.figures.items():
            files |= style.pictures(figure, name)
        return files

    def save(self, place: str | Path) -> None:
        """Write it to a folder: numbers, finding, pictures and manifest.

        A `FolderError` says that it cannot be written, or holds something else.
        """
        with writing.results(Path(place), self.about) as output:
            output.write({"log.json": folder.log(), **self.files()})

    def __str__(self) -> str:
        return findings.as_text(self.finding, self.about, self.command)

    def __repr__(self) -> str:
        return f"<{self.question.kind}: {self.finding.answer}>"

    def _repr_html_(self) -> str:
        from cyclesim.charts import style

        return findings.as_html(self.finding, self.about, [style.as_svg(self.plot())] if self.figures else [])

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *dir(self.found)]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "found":
            raise AttributeError(name)
        return getattr(self.found, name)


def _as_it_says(study: Study, subject: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments that a study speaks of: itself, and as it says what was left open."""
    said: dict[str, Any] = {subject: study, "twin": asked["twin"] or study.twin}
    left = ["seed"] if said["twin"] else ["seed", "replications"]
    return said | {name: getattr(study, name) for name in left if asked[name] is None}


def _scenarios(asked: Asked, subject: Any) -> Sequence[Scenario]:
    """Return the scenarios that are simulated for a question."""
    if asked.get("planned"):
        return list(asked["planned"].worlds)
    if isinstance(subject, Study):
        return subject.load_scenarios()
    return [subject] if isinstance(subject, Scenario) else list(subject)


def _as_hinted(parameter: inspect.Parameter, value: Any) -> Any:
    """Return a whole number as a float where one is asked for: both are the same question, and have one hash."""
    return float(value) if type(value) is int and "float" in str(parameter.annotation) else value
