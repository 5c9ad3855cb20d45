"""What is said of the best use of a sum."""

import math
from collections.abc import Mapping
from typing import Any

from cyclesim import text
from cyclesim.intervals import who
from cyclesim.outputs.finding import Finding, Table, caveats, titles
from cyclesim.questions.portfolio.compute import BEST, MOST, NOW, Portfolio
from cyclesim.vocabulary import Line

FRONT = "no other use has a larger mean and a larger low end"
_CALLED = {BEST: "the best use found", "best at random": "the best random use", NOW: "the split that donors make now"}
_HARDLY = 0.005
"""A share below this is not named."""


def tell(found: Portfolio) -> Finding:
    """Say which use averts most over draws and how sure that is, or at the default inputs; and how it is split."""
    rows = {row["use"]: row for row in found.table.to_dict("records")}
    searched, drawn = _searched(found), bool(found.draws)
    now = f"As donors split money now, the same sum averts {_averted(found, rows[NOW])}."
    answer, details = f"{text.capital(searched)}.", [now]
    if drawn:
        answer, standing = _ranked(found, rows)
        details = [standing, now, f"At the default inputs {searched}.", _covers(found)]
    spent = "The sum comes beside what donors give; it is spent as any money of its line."
    lacks = (
        f"uses scored at the default inputs only, and a report needs an interval: cyclesim portfolio "
        f"{found.scenario.name} --sum {found.total:.15g} --draws 40 --out FOLDER"
    )
    defaults = "Uses are scored at the default inputs only: ask for --draws before trusting a difference."
    return Finding(
        kind="Portfolio",
        title=titles([found.scenario]),
        question=f"Which use of {amount(found)} averts most exploitation?",
        answer=answer,
        details=[*details, spent, *_enough(found)],
        tables=[_uses(found), *(_split(found, use) for use in dict.fromkeys([found.robust or BEST, BEST]))],
        cautions=[*([] if drawn else [defaults]), *caveats([found.scenario])],
        lacks="" if drawn else lacks,
    )


def amount(found: Portfolio) -> str:
    """Return the sum as it was asked for."""
    return f"US${found.total:,.15g}"


def over(found: Portfolio) -> str:
    """Return whom the interval over draws holds."""
    return who(found.draws, noun="draws")


def _ranked(found: Portfolio, rows: Mapping[str, Mapping[Any, Any]]) -> tuple[str, str]:
    """Say over draws which use averts most, and how often it is the best; or how far chance alone would take one."""
    draws, best = f"Over {found.draws} draws of the inputs", found.robust
    if best is None:
        return (
            f"{draws} none of {len(rows)} uses averts clearly more than the others do on average.",
            f"Of {len(rows)} uses that are alike the best would by chance come {text.number(found.bar)} standard "
            "errors or more above the mean of all in 1 of 20 cases.",
        )
    others = [use for use, row in rows.items() if row["as_good"] and use != best]
    tie = f"not clearly better than {text.listed(others)}" if others else "clearly better than every other use"
    called = _CALLED.get(best, best)
    split = "" if called.startswith("all to") else f" ({_largest(found, best)})"
    return (
        f"{draws} {called}{split} averts most on average: {_averted(found, rows[best])}, {tie}.",
        f"It is the best of {len(rows)} uses in {text.percent(rows[best]['best_share'])} of draws.",
    )


def _averted(found: Portfolio, row: Mapping[Any, Any]) -> str:
    """Return what a use averts, with its interval over draws."""
    if not found.draws:
        return text.quantity(row["averted"], "person-months")
    low, high = row["low"], row["high"]
    mean = text.quantity(row["mean"], "person-months", (low, high))
    return f"{mean} ({over(found)}: {text.number(low)} to {text.number(high)})"


def _searched(found: Portfolio) -> str:
    """Say what the search has found, at the default inputs."""
    return (
        f"the best use found of {amount(found)} gives {_largest(found, BEST)}; it averts "
        f"{text.quantity(found.search.value, 'person-months')}, the best of {found.search.evaluations[1]} random ones "
        f"{text.number(found.search.random_value)}"
    )


def _largest(found: Portfolio, use: str) -> str:
    """Return the two lines that a use gives most to."""
    split = found.split(use)
    shares = {str(line): float(split[str(line)].sum()) / found.total for line in Line}
    largest = [line for line in sorted(shares, key=lambda line: -shares[line])[:2] if shares[line] >= _HARDLY]
    return text.listed([f"{text.percent(shares[line])} to {text.plain(line)}" for line in largest])


def _covers(found: Portfolio) -> str:
    worlds = "a world" if found.replications == 1 else f"{found.replications} worlds"
    engine = f"{worlds} of the ledger each, luck shared by all uses" if found.replications else "twins"
    return (
        f"The spread is over {found.draws} draws of the inputs ({engine}); uses were chosen at the default inputs. "
        f"* marks the front: {FRONT}."
    )


def _enough(found: Portfolio) -> list[str]:
    """Say which sum averts what was asked for."""
    if found.target is None:
        return []
    beyond = math.isnan(found.sum_needed)
    enough = text.dollars(100 * (MOST * found.total if beyond else found.sum_needed))
    said = f"not even {enough} is enough" if beyond else f"{enough} is needed"
    asked = f"{found.target:,.15g} person-month{'' if found.target == 1 else 's'}"
    return [f"To avert {asked} at the default inputs, {said}, split as the best use found."]


def _uses(found: Portfolio) -> Table:
    """Return what each use averts."""
    drawn = ["mean of draws", f"{over(found)}, from", "to", "best in"] if found.draws else []
    rows = []
    for row in found.table.to_dict("records"):
        cells = [f"{row['use']}{' *' if row['front'] else ''}", text.number(row["averted"])]
        if found.draws:
            low, high = row["low"], row["high"]
            cells += [text.number(row["mean"], (low, high)), text.number(low), text.number(high)]
            cells.append(text.percent(row["best_share"]))
        rows.append(cells)
    return Table("Person-months averted", ["use", "at the defaults", *drawn], rows, beside="portfolio")


def _split(found: Portfolio, use: str) -> Table:
    """Return a use: a line each, and a column for each period and crisis; what is less than a cent is nothing."""
    split = found.split(use).to_dict("records")
    parts = [f"period {row['period']}" + (f", {row['crisis']}" if "crisis" in row else "") for row in split]
    rows = []
    for line in map(str, Line):
        cents = [round(100 * row[line]) for row in split]
        share = text.percent(sum(cents) / (100 * found.total))
        rows.append([text.plain(line), *(text.number(amount / 100) for amount in cents), share])
    return Table(f"How the sum is split, US dollars: {use}", ["line", *parts, "share"], rows)
