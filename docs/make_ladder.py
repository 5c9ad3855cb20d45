"""Make docs/ladder.md, its picture and its numbers: what hangs on anti-trafficking money, rung by rung.

python docs/make_ladder.py [--draws N] [--seeds N] [--workers N] [--told-again]

With --told-again nothing is simulated: page and picture are made of the numbers in docs/figures/ladder.json.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path

from cyclesim.analysis import rungs
from cyclesim.analysis.ladder import NAMED, OUTCOMES, RUNGS, Point
from cyclesim.analysis.rungs import Ladder
from cyclesim.inputs.files import load
from cyclesim.outputs import ladder as told
from cyclesim.outputs import ladder_picture, markdown, style, text
from cyclesim.runs.design import drawn
from cyclesim.runs.fingerprint import fingerprint
from cyclesim.runs.folder import graded

DOCS = Path(__file__).parent
PAGE, FIGURES = DOCS / "ladder.md", DOCS / "figures"
NUMBERS = FIGURES / "ladder.json"
DRAWS, SEED = 20, 1
IN_PLANS = 3.98e6 / 362e6
"""Coded US dollars a head in response plans of 2023: OCHA FTS (CC BY-IGO), sector human trafficking and smuggling."""


def main(draws: int, seeds: int, workers: int, again: bool) -> None:
    content = json.loads(NUMBERS.read_text(encoding="utf-8")) if again else measured(draws, seeds, workers)
    found = Ladder.of(content["ladder"])
    pictures = style.pictures(ladder_picture.picture(found, content["command"]), "ladder")
    for name, picture in pictures.items():
        (FIGURES / name).write_bytes(picture)
    content["sum"] = sha256(pictures["ladder.png"]).hexdigest()
    NUMBERS.write_text(json.dumps(content, allow_nan=False) + "\n", encoding="utf-8")
    parts = {name: markdown.table(table.header, table.rows) for name, table in told.tables(found).items()}
    parts = {name: parts.get(name, "Not asked for.") for name in (*PARTS, *parts)}
    parts |= {"says": says(found), "signs": f"{parts['signs']}\n{told.choices(found)}.", "how": how(found, content)}
    PAGE.write_text(markdown.fill(PAGE.read_text(encoding="utf-8"), parts), encoding="utf-8")


LONG = {**told.WORDS, "exploited": "person-months of exploitation"}
LITTLE = 0.5
"""Part of the money of the first three years below which that of the last three is said to have run down."""
PARTS = ("draws", "thirty", "crises")
"""Parts of the page that stand there even when they were not asked for."""


def measured(draws: int, seeds: int, workers: int) -> dict[str, object]:
    """Simulate everything."""
    chosen = [load(name) for name in RUNGS]
    designs = {s.name: drawn(s, draws, SEED) for s in chosen}
    found = rungs.ladder(chosen, designs, seeds=seeds, seed=SEED, workers=workers)
    command = f"cyclesim ladder{f' --draws {draws}' if draws else ''} --seeds {seeds} --seed {SEED}"
    return {"fingerprint": fingerprint().to_dict(), "command": command, "ladder": found.to_dict()}


def says(found: Ladder) -> str:
    """Say in plain words what the model says, whatever it is."""
    said = [*(lost(found.named(rung)) for rung in found.rungs), money(found), loop(found), who_pays(found)]
    said += [f"**Choices that may decide signs.** {told.choices(found)}.", sure(found)]
    return "\n".join(f"- {words}" for words in said if words)


def lost(here: list[Point]) -> str:
    """Say what is lost without money, at the low, middle and high level of what others pay."""
    levels = spelt(here, lambda p: f"{p.level:g}")
    outcomes = "; ".join(
        f"{LONG[name]}: {spelt(here, lambda p, name=name: told.change(p.without, name))}" for name in OUTCOMES
    )
    return (
        f"**{here[0].rung}**, all anti-trafficking money taken away, where others pay {levels} of what is stated "
        f"(low, middle, high). Change per million people and year: {outcomes}."
    )


def money(found: Ladder) -> str:
    """Say how much money there is, beside what was in response plans."""
    parts = []
    for p in found.middle():
        parts.append(f"US${text.number(p.money['all years'])} a head and year in {p.rung} ({told.drift(p)} from the "
                     "first three to the last three years)")  # fmt: skip
    coded = load(RUNGS[0]).parameter("coded_share")
    given = found.middle()[0].money["all years"] * coded
    run_down = (
        "**Donors' money runs down** where others pay half, from what is on record at the first reported month. "
        if all(p.money["last three"] < LITTLE * p.money["first three"] for p in found.middle())
        else ""
    )
    return (
        f"{run_down}**How much money there is**, where others pay half: {'; '.join(parts)}. Of it a part of {coded:g} "
        f"is coded: in {found.rungs[0]} US${text.number(given)} a head, {text.number(given / IN_PLANS)} times what "
        f"plans of 2023 held (US${text.number(IN_PLANS)}; OCHA FTS, CC BY-IGO). What is lost without money is "
        "what that much of it holds up."
    )


def loop(found: Ladder) -> str:
    """Say how hard the loop turns, and what a cut comes to."""
    some = [p for p in found.points if math.isfinite(p.gain) and p.level > 0]
    if not some:
        return ""
    gains, cuts = ([getattr(p, name) for p in some] for name in ("gain", "cut"))
    most = max(some, key=lambda p: p.gain)
    comes_to = "no end" if most.gain >= 1 else f"US${1 / (1 - most.gain):.3f}"
    alone = [p.gain for p in found.points if p.level == 0 and math.isfinite(p.gain)]
    nothing = f" Where others pay nothing the gain is {max(alone):.2g} or less: more now, less later." if alone else ""
    return (
        f"**The loop.**{nothing} Wherever others pay something, its gain is {min(gains):.2g} to {max(gains):.2g}, "
        f"largest in {most.rung} where they pay {most.level:g}: a permanent dollar comes to {comes_to} there. A cut of "
        f"a third for two years costs {min(cuts) - 1:.1%} to {max(cuts) - 1:.1%} more than itself. "
        "They are of the world as it stands at the first reported month."
    )


def who_pays(found: Ladder) -> str:
    """Say whether who pays matters where there is as much to begin with."""
    low = NAMED["low"]
    pairs = [(p, q) for r in found.rungs for p in found.along(r) for q in found.along(r, True) if p.level == q.level]
    parts = [
        f"{p.rung} {told.share(p.without.share['identified'])} and {told.share(q.without.share['identified'])}"
        for p, q in pairs
        if p.level == low
    ]
    return (
        f"**Who pays, or how much there is.** Identified lost where others pay {low:g}, as it is and with an endowment "
        f"that makes up capacity of year 1: {'; '.join(parts)}."
    )


def sure(found: Ladder) -> str:
    """Say how sure it is."""
    if not found.draws:
        return "**How sure.** No draws were asked for: nothing is known of other states of the world."
    parts = []
    for rung, every in found.draws.items():
        here = [one.points["middle"] for one in every]
        many, strong = told.much(here)
        parts.append(f"{rung} {many} and {strong} of {len(here)}")
    return (
        "**How sure.** Draws in which a tenth of the identified or more is lost, and in which the gain is 0.1 or more, "
        f"where others pay half: {'; '.join(parts)}. Ranges of the inputs are themselves assumptions; the ends in the "
        f"table of draws hold {told.covers(found)}."
    )


def how(found: Ladder, content: dict[str, str]) -> str:
    count = graded()
    return (
        f"`{content['command']}` gives these numbers again, `python docs/make_ladder.py` this page. Expected values of "
        f"the twin, made by cyclesim {content['fingerprint']['version']}, code {content['fingerprint']['code'][:12]}; "
        f"{count['assumptions']} of {count['number']} parameters are [assumptions](parameters.md) that nobody has "
        "measured. All numbers, year by year, are in `docs/figures/ladder.json`."
    )


def spelt(points: Iterable[Point], spell: Callable[[Point], str]) -> str:
    return ", ".join(map(spell, points))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--seeds", type=int, default=rungs.SEEDS)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--told-again", action="store_true")
    arguments = parser.parse_args()
    main(arguments.draws, arguments.seeds, arguments.workers, arguments.told_again)
