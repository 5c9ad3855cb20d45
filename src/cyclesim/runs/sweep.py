"""A sweep: a study that is, or is being, carried out in a folder."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cyclesim.errors import DesignError, FolderError, UnknownNameError, did_you_mean
from cyclesim.inputs.files import load
from cyclesim.inputs.scenario import Scenario
from cyclesim.inputs.study import Study, load_study
from cyclesim.runs.ensemble import Ensemble, read_ensemble
from cyclesim.runs.results import Runs
from cyclesim.runs.simulate import named
from cyclesim.vocabulary import Payer
from cyclesim.worlds import disk, parquet, seals, store, writing
from cyclesim.worlds import plan as plans
from cyclesim.worlds.design import NO_DRAWS, Design, of_study
from cyclesim.worlds.fingerprint import Fingerprint, fingerprint, moved
from cyclesim.worlds.item import Item, Job
from cyclesim.worlds.plan import Plan
from cyclesim.worlds.precision import FEWEST, Rule
from cyclesim.worlds.store import Store

if TYPE_CHECKING:
    import pandas as pd

BEGIN_SECONDS = 30.0  # how long a driver waits for another one that is about to begin in the same folder
SUMMARIES = ("summary.csv", "differences.csv")  # tables beside the runs of a sweep that is complete


class Sweep(Runs):
    """A study and the runs of it that are stored in a folder; see :func:`read_sweep` and :func:`begin`."""

    folder: Path

    def __init__(self, folder: Path, study: Study, plan: Plan, manifest: Mapping[str, Any]) -> None:
        self.folder = folder
        self._hold(study, plan, manifest)

    def _hold(self, study: Study, plan: Plan, manifest: Mapping[str, Any]) -> None:
        self.study, self.plan, self.manifest = study, plan, dict(manifest)
        self.measures, self.monthly = plans.kept(study)
        names = [scenario.name for scenario in plan.scenarios]
        about = {"study": manifest["hash"], "fingerprint": str(plan.made_by)}
        self.store = Store(self.folder, names, parquet.columns(study, plan), about)
        self._checked: object = None

    def __repr__(self) -> str:
        return f"Sweep({str(self.folder)!r}, runs={len(self.store)} of {len(self.plan)})"

    @property
    def rule(self) -> Rule | None:
        """When there are enough replications; None where the study says how many."""
        return Rule.parse(self.study.until, self.study.most) if self.study.until else None

    @property
    def stored(self) -> int:
        """Number of runs stored, failed ones included."""
        return len(self.store) + self.failed

    @property
    def failed(self) -> int:
        """Number of failed runs stored."""
        return int(self.store.failures.num_rows)

    @property
    def complete(self) -> bool:
        """Whether every run of the plan is stored, failed ones included."""
        return self.plan.keys <= self.store.keys

    @property
    def _quoted(self) -> str:
        return shlex.quote(str(self.folder))

    def check(self) -> None:
        """Refuse rows that are not of this sweep, and rows that stand there twice and differ; say where."""
        if self._checked is self.store.keys:
            return
        strange = (self.store.keys | self.store.outdated.keys()) - self.plan.keys
        if strange:
            raise FolderError(self._foreign(len(strange), self.store.origins(strange)))
        unequal = self.store.unequal_copies()
        if unequal:
            key = min(unequal)
            files = ", ".join(str(origin.file) for origin in self.store.origins([key]))
            raise FolderError(
                f"{len(unequal):,} runs stand in {self.folder} twice with different numbers, such as {key} "
                f"({', '.join(unequal[key][:3])}; in {files}). One was made by another machine or library, or was "
                "damaged: find out which with cyclesim verify, move the wrong file away, then: cyclesim resume "
                f"{self._quoted}"
            )
        self._checked = self.store.keys

    def _foreign(self, number: int, origins: Sequence[store.Origin]) -> str:
        here = (self.manifest["hash"], str(self.plan.made_by))
        lines = []
        for origin in origins[:5]:
            theirs = (origin.study, origin.fingerprint)
            what = "this study, as it says" if theirs == here else f"study {theirs[0]}, made by {theirs[1]}"
            lines.append(f"{origin.runs:,} in {origin.file} ({what})")
        more = f"; and in {len(origins) - 5} more files" if len(origins) > 5 else ""
        return (
            f"{self.folder} holds {number:,} runs that are not of its study {here[0]}, made by {here[1]}: "
            f"{'; '.join(lines)}{more}. Move these files away, then: cyclesim resume "
            f"{self._quoted}. Sweeps are put together with: cyclesim merge A B --out C"
        )

    def job(self) -> Job:
        """Return what workers must know."""
        plan, kept = self.plan, (tuple(self.measures), tuple(self.monthly))
        return Job(plan.scenarios, plan.design.names, plan.seed, plan.twin, *kept)

    def runs(self, measures: Sequence[str] | None = None) -> pd.DataFrame:
        """Return a row for each run: key, scenario, draw, replication and totals; all of them for None.

        Measures kept month by month are columns of arrays, ``<measure>_by_month``.
        """
        self.check()
        known = self.store.columns.names
        for name in measures or ():
            if name not in known:
                raise UnknownNameError(f"no measure {name!r} in this sweep; {did_you_mean(name, known[4:])}")
        columns = known if measures is None else [*known[:4], *measures]
        return _frame(self.store.read(columns))

    @property
    def failures(self) -> pd.DataFrame:
        """A row for each failed run: key, scenario, draw, replication, seed, stage, message, traceback."""
        return _frame(self.store.failures)

    def by_month(self, measure: str) -> pd.DataFrame:
        """Return a measure month by month, over all crises: a row for each run and month."""
        if measure not in self.monthly:
            way_out = f"cyclesim expand {self._quoted} --monthly {measure}"
            raise UnknownNameError(f"{self.folder} does not keep {measure} month by month: {way_out}")
        column = f"{measure}_by_month"
        frame, months = self.runs([column]).drop(columns="key"), list(range(self.plan.scenarios[0].months))
        frame["month"] = [months] * len(frame)
        return frame.rename(columns={column: measure}).explode(["month", measure], ignore_index=True)

    def save(self, place: str | Path, kind: str = "run", extra: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Refuse: a sweep is kept already."""
        raise DesignError(f"a sweep is kept in its folder; to hand it over: cyclesim archive {self._quoted}")

    def way_to(self, draws: int | None = None, replications: int | None = None, measures: Sequence[str] = ()) -> str:
        """Say how to have more of them, for messages."""
        asked = {"draws": draws, "replications": replications, "measures": ",".join(measures)}
        options = " ".join(f"--{name} {value}" for name, value in asked.items() if value)
        return f"cyclesim expand {self._quoted} {options}"

    def resize(self, draws: int | None = None, replications: int | None = None) -> None:
        """Ask for more draws or replications: the runs that are stored stay."""
        study = self.study.with_size(draws, replications)
        if study.twin and study.replications > 1:
            raise DesignError("the twin has no luck: more replications would all be the same; ask for more --draws")
        design = self.plan.design if draws is None else of_study(study, self.plan.scenarios)
        plan = Plan.of(study, self.plan.scenarios, design, self.plan.made_by)
        if not np.array_equal(plan.design.values[: len(self.plan.design)], self.plan.design.values):
            raise DesignError(
                "the draws cannot be continued: this version of the libraries draws others; begin a new sweep instead"
            )
        if draws is not None:
            with self.store.writing():
                disk.write_atomic(self.folder / store.DRAWS, parquet.encoded(parquet.draws(plan)))
        self._write(study, plan)

    def grow(
        self, measures: Sequence[str] = (), monthly: Sequence[str] = (), scenarios: Sequence[str | Path] = ()
    ) -> None:
        """Ask for more columns, or for further scenarios: runs that lack a column are simulated again by their key."""
        asked = self.study
        if measures and asked.measures is None:
            asked = asked.model_copy(update={"measures": self.measures})
        loaded = [load(scenario) for scenario in scenarios]
        chosen = named([*self.plan.scenarios, *loaded], self.design)
        study = asked.with_more(measures, monthly, [str(scenario) for scenario in scenarios])
        self._write(study, Plan.of(study, chosen, self.design, self.plan.made_by))

    def take_rule(self, study: Study) -> None:
        """Take the stop rule of the same study; its size must be that of this sweep, or less with a stop rule."""
        same_draws = study.design == self.study.design
        if not same_draws or not (study.until or study.replications == self.plan.replications):
            raise FolderError(
                f"{self.folder} holds this study with {len(self.plan.draws)} draws and {self.plan.replications} "
                f"replications; for more of them: cyclesim expand {self.folder} --draws N --replications N, or choose "
                "another folder with --out"
            )
        if (study.until, study.most) != (self.study.until, self.study.most):
            self._write(self.study.model_copy(update={"until": study.until, "most": study.most}), self.plan)

    def _write(self, study: Study, plan: Plan) -> None:
        manifest = plans.manifest(study, plan)
        with self.store.writing():
            for name in (*SUMMARIES, seals.SUMS):  # they tell of what was there before
                (self.folder / name).unlink(missing_ok=True)
            store.write_manifest(self.folder, manifest)
        self._hold(study, plan, manifest)

    def check_code(self) -> None:
        """Refuse to add runs to those of other code, and say what has changed since the sweep was begun."""
        here, made_by = fingerprint(), self.plan.made_by
        if here.equals(made_by):
            return
        changed = moved(self.folder)
        which = f": {', '.join(changed[:4])}{' and others' if len(changed) > 4 else ''}" if changed else ""
        raise FolderError(
            f"{self.folder} was made by {made_by}, this is {here}; they differ in "
            f"{' and in '.join(made_by.differences(here))}{which}. Runs of both are never mixed: begin the study in "
            "another folder, or go on with what made it. To see whether the numbers moved: cyclesim verify "
            f"{self._quoted}"
        )

    def find(self, key: str) -> Item:
        """Return the run whose key begins with ``key``."""
        found = [item for item in self.plan.items() if item.key.startswith(key.lower())] if key else []
        if len(found) != 1:
            what = f"{len(found)} runs have keys that begin with" if found else "no run of this sweep has the key"
            raise UnknownNameError(f"{what} {key!r}; keys are in the column key of runs/ and failures.parquet")
        return found[0]


def plan_of(study: Study | str | Path) -> tuple[Study, Plan]:
    """Return a study and its runs, after everything that can be checked before the first run."""
    study = study if isinstance(study, Study) else load_study(study)
    scenarios = study.load_scenarios()
    named(scenarios, None)
    kept = plans.kept(study)[0]
    rule = Rule.parse(study.until, study.most) if study.until else None
    if rule and rule.measure not in kept:
        raise DesignError(f"the stop rule needs {rule.measure}, which is not kept; add it to measures")
    if rule and len(scenarios) < 2:
        raise DesignError("a stop rule is about the difference from the baseline; give the study a second scenario")
    if study.twin and (study.replications > 1 or rule):
        raise DesignError("the twin has no luck: one replication is all there is; leave replications and until out")
    if rule and study.replications < FEWEST:
        study = study.with_size(None, FEWEST)
    return study, Plan.of(study, scenarios, of_study(study, scenarios), fingerprint())


def begin(study: Study | str | Path, folder: str | Path | None = None) -> Sweep:
    """Begin a sweep in a folder (``results/NAME-HASH`` if absent), or go on with that of the same study there."""
    study, plan = plan_of(study)
    if study.experiment is not None and study.experiment.paid_by is Payer.DONORS:
        raise DesignError(
            f"donors pay for the interventions of {study.name} as far as their money reaches, and that is known only "
            f"when its baseline was simulated: cyclesim experiment {study.name}. A sweep simulates scenarios as they "
            "stand in their files; for that, take the block experiment out of a copy of the study"
        )
    manifest = plans.manifest(study, plan)
    place = Path(folder) if folder is not None else Path("results") / f"{study.name}-{manifest['hash']}"
    if _holds_sweep(place):  # drivers of other shards may be at work on it
        return _begun(study, plan, manifest, place)
    with writing.claimed(place, BEGIN_SECONDS):  # another driver may be about to begin the same
        return _begun(study, plan, manifest, place)


def _begun(study: Study, plan: Plan, manifest: Mapping[str, Any], place: Path) -> Sweep:
    if _holds_sweep(place):
        there = read_sweep(place)
        drawn = min(len(there.plan.design), len(plan.design))
        same_draws = np.array_equal(there.plan.design.values[:drawn], plan.design.values[:drawn])
        if there.manifest["hash"] == manifest["hash"] and same_draws:
            there.take_rule(study)
            return there
        if there.manifest["study"] == manifest["study"] and there.manifest["scenarios"] == manifest["scenarios"]:
            there.check_code()
    found = Sweep(place, study, plan, manifest)
    if store.lacks_manifest(place):
        found.check()
    else:
        writing.check_free(place, manifest)
    store.create(place, manifest, parquet.draws(plan))
    writing.COMMITTED.append(place)
    return found


def read_sweep(folder: str | Path) -> Sweep:
    """Open the sweep in a folder, whether it is complete, interrupted or under way.

    Raises
    ------
    FolderError
        If there is none.
    """
    place = Path(folder)
    if not (place / seals.MANIFEST).exists():
        raise FolderError(f"{place} holds no sweep; begin one with: cyclesim sweep STUDY --out {place}")
    content = seals.read_manifest(
        place, f"{place / seals.MANIFEST} is damaged; delete it and sweep the same study there: the runs are kept"
    )
    if content["kind"] != plans.KIND:
        raise FolderError(f"{place} holds a {content['kind']}, no sweep; begin one with: cyclesim sweep STUDY")
    try:
        study = Study.model_validate_json(json.dumps(content["study"]))
        drawn = pq.read_table(place / store.DRAWS, page_checksum_verification=True)
        scenarios = tuple(Scenario.parse(content["scenarios"][name], name) for name in content["order"])
        drawn = drawn[: max(content["draws"], 1)]  # it may be ahead of the manifest
        names = tuple(drawn.column_names[1:])
        columns = [drawn[name].to_numpy().astype(np.float64) for name in names]
        how = study.design
        drawn_as = (how.method, how.levels) if how is not None else ()
        design = Design(names, np.column_stack(columns), *drawn_as) if names else NO_DRAWS
        numbers = drawn["draw"].to_pylist()
    except (OSError, LookupError, ValueError, TypeError, MemoryError, pa.ArrowException) as error:  # damaged
        raise FolderError(f"{place} cannot be read: {error}") from error
    if plans.draws_hash(design) != content["draws_hash"] or numbers != design.numbers:
        raise FolderError(
            f"{place / store.DRAWS} is not as it was written: its draws are not those of {seals.MANIFEST}. Take it "
            "from a copy, or begin the study in another folder"
        )
    made_by = Fingerprint.parse(content["fingerprint"])
    return Sweep(place, study, Plan.of(study, scenarios, design, made_by), content)


def read(place: str | Path) -> Ensemble | Sweep:
    """Return the runs in a folder: those of a sweep, or those of a run, a comparison or an experiment.

    Raises
    ------
    FolderError
        If there are none.
    """
    about = seals.read_manifest(Path(place))
    return read_sweep(place) if about["kind"] == plans.KIND else read_ensemble(place)


def _frame(table: pa.Table) -> pd.DataFrame:
    return table.to_pandas()


def _holds_sweep(folder: Path) -> bool:
    try:
        content = json.loads((folder / seals.MANIFEST).read_text(encoding="utf-8"))
        return bool(content["kind"] == plans.KIND)
    except (OSError, ValueError, KeyError, TypeError):
        return False
