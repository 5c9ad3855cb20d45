"""What is said of an experiment: no more than its worlds allow."""

import shlex

from cyclesim import text
from cyclesim.outputs.finding import Finding, Table, caveats
from cyclesim.outputs.printed import covering
from cyclesim.questions.experiment.compute import LATE_MONTHS, SMALLEST, TARGET, Experiment, Reading

EQUAL = (
    "Equal spending: interventions are paid out of donors' money, and all arms are carried out to one share. What arms "
    "spend differs by what the cycle does to giving, and by what is still in the purse at the end."
)
_JOINT = {TARGET: "person-months averted", "identified": "people identified"}
_HEAD = (
    *(_JOINT[TARGET], f"in the last {LATE_MONTHS} months", _JOINT["identified"], "coverage, points"),
    *("spent per million and year", "carried out"),
)


def tell(found: Experiment) -> Finding:
    """Say which arms avert exploitation, and what the experiment reads beside that."""
    equal = any(account.equal for account in found.comparison.spending)
    return Finding(
        kind="Experiment",
        title=f"{found.study.title} ({found.study.name})",
        question=found.study.question,
        answer=answer(found),
        details=[*([EQUAL] if equal else []), *([found.asked.note] if found.asked.note else [])],
        tables=[_arms(found), *([_read(found)] if found.readings else [])],
        cautions=[_covers(found), *caveats(found.simulated.scenarios.values())],
        lacks=_lacks(found, equal),
    )


def answer(found: Experiment) -> str:
    """Return the answer in a sentence or two; what the worlds leave open is called so."""
    if found.simulated.worlds == 1 and not found.twin:
        return "One world gives no answer: ask for more replications."
    if found.asked.reading == "best":
        return _best(found)
    if found.asked.reading == "rise":
        return _rise(found)
    return f"{_clear(found)} {_together(found) if found.asked.reading == 'joint' else _outliving(found)}"


def _clear(found: Experiment) -> str:
    """Say which arms clearly avert or add exploitation, the largest first."""
    effects = {arm: readings[TARGET] for arm, readings in found.effects.items()}
    ordered = sorted(effects, key=lambda arm: -effects[arm].mean)
    better = [arm for arm in ordered if effects[arm].clear and effects[arm].mean > 0]
    worse = [arm for arm in ordered if effects[arm].clear and effects[arm].mean < 0]
    unclear = [arm for arm in ordered if not effects[arm].clear]
    parts = [f"falls with {arm}" for arm in better]
    if len(better) > 1:
        parts = [f"falls most with {better[0]}, then with {text.listed(better[1:])}"]
    parts += [f"rises with {text.listed(worse)}"] if worse else []
    parts += [f"shows {_no_difference(found)} with {text.listed(unclear)}"] if unclear else []
    return f"Exploitation {'; it '.join(parts)}."


def _no_difference(found: Experiment) -> str:
    return "hardly any difference" if found.twin else "no clear difference"


def _outliving(found: Experiment) -> str:
    """Say which effects are there in the last months."""
    lasting = [arm for arm, effects in found.effects.items() if effects["late"].clear and effects["late"].mean > 0]
    if not lasting:
        return f"In the last {LATE_MONTHS} months no arm clearly has fewer people in exploitation."
    return f"In the last {LATE_MONTHS} months fewer people are in exploitation with {text.listed(lasting)}."


def _together(found: Experiment) -> str:
    reading = found.readings[0]
    ends = "" if reading.spread.worlds == 1 else f" ({reading.spread.who}: {_range(reading)})"
    if not reading.clear:
        way = "hardly more or less" if found.twin else "neither clearly more nor clearly less"
        return f"Together they avert {way} than the sum of each alone{ends}."
    return (
        f"Together they avert {'more' if reading.mean > 0 else 'less'} than the sum of each alone, by about "
        f"{text.quantity(abs(reading.mean), 'person-months')}{ends}."
    )


def _best(found: Experiment) -> str:
    unclear = [reading.name for reading in found.readings if not reading.clear]
    place = "at an end of" if found.best in (found.arms[0], found.arms[-1]) else "between the ends of"
    than = f"{'hardly' if found.twin else 'not clearly'} better than {text.listed(unclear)}"
    tie = than if unclear else "clearly better than all others"
    return f"The fewest person-months of exploitation are in {found.best}, {place} what was tried, and {tie}."


def _rise(found: Experiment) -> str:
    base, *others = found.readings
    parts = []
    for one in others:
        points = f"makes it {text.points(abs(one.mean))} {'more' if one.mean > 0 else 'less'}"
        parts.append(f"{one.name} {points if one.clear else f'makes {_no_difference(found)}'}")
    return (
        f"Identifications 11 to 13 months after the shock change by {text.percent(base.mean)} against the year before "
        f"it in {found.baseline}. Against this, {'; '.join(parts)}. An explanation counts as far as its removal moves "
        "the change."
    )


def _arms(found: Experiment) -> Table:
    """Return a row for the baseline and each arm."""
    rows = [[f"baseline: {found.baseline}", *[""] * 4, text.number(found.comparison.spending[0].baseline), ""]]
    for account in found.comparison.spending:
        effects = found.effects[account.scenario]
        cells = [_interval(effects[name]) for name in (TARGET, "late", "identified")]
        spent = [text.number(account.counterfactual), text.percent(account.carried_out)]
        rows.append([account.scenario, *cells, _interval(effects["coverage"], 100), *spent])
    return Table(f"Arms against the baseline, {_what(found)}", ["", *_HEAD], rows, beside="experiment")


def _read(found: Experiment) -> Table:
    """Return what is read beside the effects of the arms."""
    title = {
        "joint": "Together less the sum of each alone",
        "best": f"Person-months more than in {found.best}",
        "rise": "Rise of identifications after the shock, as a share, and how far it differs in each arm",
    }[found.asked.reading]
    rows = [[_JOINT.get(reading.name, reading.name), _interval(reading)] for reading in found.readings]
    if found.simulated.worlds == 1:
        return Table(title, ["", _what(found)], rows)
    for row, reading in zip(rows, found.readings, strict=True):
        row.append(f"{text.number(reading.spread.mean_low)} to {text.number(reading.spread.mean_high)}")
    return Table(title, ["", _what(found), "95 % of the mean"], rows)


def _what(found: Experiment) -> str:
    if found.twin:
        return "expected values"
    return "means of worlds (interval)" if found.simulated.worlds > 1 else "one world"


def _interval(reading: Reading, factor: float = 1.0) -> str:
    mean = text.number(factor * reading.mean)
    return mean if reading.spread.worlds == 1 else f"{mean} ({_range(reading, factor)})"


def _range(reading: Reading, factor: float = 1.0) -> str:
    return f"{text.number(factor * reading.spread.low)} to {text.number(factor * reading.spread.high)}"


def _covers(found: Experiment) -> str:
    if found.twin:
        return (
            "There is no luck in expected values, so every difference is there, however small; one below "
            f"{text.percent(SMALLEST)} of the baseline is told as hardly any. What nobody knows about the inputs is "
            "not in them."
        )
    if found.simulated.worlds == 1:
        return f"One world (seed {found.simulated.seed}): another seed gives another one."
    return (
        f"{covering(found.simulated.worlds, 1)} They cover luck only (seed {found.simulated.seed}), not what nobody "
        "knows about the inputs."
    )


def _lacks(found: Experiment, equal: bool) -> str:
    """Say why no report is written: the inputs were not varied."""
    covers = "expected values without an interval" if found.twin else "an interval that covers luck at most"
    names = shlex.join(found.study.scenarios)
    return (
        f"{covers}, and a report never shows that alone; draw the inputs too: cyclesim compare {names} --draws 100 "
        f"{'--equal-spending ' if equal else ''}--out FOLDER"
    )
