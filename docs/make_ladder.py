"""Make docs/ladder.md, its picture and its numbers: what hangs on anti-trafficking money, rung by rung.

python docs/make_ladder.py [--draws N] [--seeds N] [--workers N] [--told-again]

With --told-again nothing is simulated: page and picture are made of the numbers in docs/figures/ladder.json.
"""

from __future__ import annotations

import argparse
import json
from hashlib import sha256
from pathlib import Path

import md
from cyclesim import text
from cyclesim.analysis.ladder import RUNGS
from cyclesim.charts import style
from cyclesim.inputs.files import load
from cyclesim.inputs.parameters import graded
from cyclesim.questions.ladder import Ladder, ladder, tell
from cyclesim.questions.ladder.compute import SEEDS
from cyclesim.worlds.fingerprint import fingerprint

DOCS = Path(__file__).parent
PAGE, FIGURES = DOCS / "ladder.md", DOCS / "figures"
NUMBERS = FIGURES / "ladder.json"
DRAWS, SEED = 20, 1
IN_PLANS = 3.98e6 / 362e6
"""Coded US dollars a head in response plans of 2023: OCHA FTS (CC BY-IGO), sector human trafficking and smuggling."""


def main(draws: int, seeds: int, workers: int, again: bool) -> None:
    content = json.loads(NUMBERS.read_text(encoding="utf-8")) if again else measured(draws, seeds, workers)
    found = Ladder.of(content["ladder"], [load(name) for name in RUNGS])
    (picture,) = ladder.draw(found, tell.tell(found)).values()
    pictures = style.pictures(picture, "ladder")
    for name, picture in pictures.items():
        (FIGURES / name).write_bytes(picture)
    content["sum"] = sha256(pictures["ladder.png"]).hexdigest()
    NUMBERS.write_text(json.dumps(content, allow_nan=False) + "\n", encoding="utf-8")
    parts = {name: md.table(table.head, table.rows) for name, table in tell.tables(found).items()}
    parts = {name: parts.get(name, "Not asked for.") for name in (*PARTS, *parts)}
    parts |= {"says": says(found), "signs": f"{parts['signs']}\n{tell.choices(found)}.", "how": how(found, content)}
    PAGE.write_text(md.fill(PAGE.read_text(encoding="utf-8"), parts), encoding="utf-8")


PARTS = ("draws", "thirty", "crises")
"""Parts of the page that stand there even when they were not asked for."""


def measured(draws: int, seeds: int, workers: int) -> dict[str, object]:
    """Simulate everything."""
    found = ladder(RUNGS, draws=draws, replications=seeds, seed=SEED, workers=workers).found
    command = f"cyclesim ladder{f' --draws {draws}' if draws else ''} --seeds {seeds} --seed {SEED}"
    return {"fingerprint": fingerprint().to_dict(), "command": command, "ladder": found.to_dict()}


def says(found: Ladder) -> str:
    """Say what the model says, and how much money that is beside what plans held."""
    said = {**tell.sentences(found), "How much money that is": money(found)}
    return "\n".join(f"- **{lead}**: {words}" for lead, words in said.items())


def money(found: Ladder) -> str:
    """Set the money of the first rung beside what was in response plans."""
    first = found.middle()[0]
    coded = load(first.rung).parameter("coded_share")
    given = first.money["all years"] * coded
    return (
        f"of the money in {first.rung}, where others pay half, a part of {coded:g} is coded: US${text.number(given)} "
        f"a head and year, {text.number(given / IN_PLANS)} times what plans of 2023 held (US${text.number(IN_PLANS)}; "
        "OCHA FTS, CC BY-IGO). What is lost without money is what that much of it holds up."
    )


def how(found: Ladder, content: dict[str, str]) -> str:
    count = graded()
    return (
        f"`{content['command']}` gives these numbers again, `python docs/make_ladder.py` this page. Expected values of "
        f"the twin, made by cyclesim {content['fingerprint']['version']}, code {content['fingerprint']['code'][:12]}; "
        f"{count['assumptions']} of {count['number']} parameters are [assumptions](parameters.md) that nobody has "
        "measured. All numbers, year by year, are in `docs/figures/ladder.json`."
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--told-again", action="store_true")
    arguments = parser.parse_args()
    main(arguments.draws, arguments.seeds, arguments.workers, arguments.told_again)
