"""Every voice of an answer, held against the finding that its command prints as JSON."""

import html
import json
import re

from click.testing import CliRunner

from cyclesim.cli import cyclesim


def words(said):
    """Return what a page says, without tags, and with plain single blanks."""
    bare = re.sub(r"<[^>]+>", " ", re.sub(r"<(style|script|svg).*?</\1>", "", said, flags=re.DOTALL))
    return flat(html.unescape(bare).replace("\u00a0", " "))


def flat(said):
    """Return what is said with single blanks; of a terminal signs of less and more stay, which are no tags."""
    return re.sub(r"\s+", " ", said)


def run(*typed):
    done = CliRunner().invoke(cyclesim, list(map(str, typed)), catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def say_the_same(answer, typed, place):
    """Hold every voice of an answer against the finding that its command prints as JSON, and return that."""
    printed = json.loads(run(*typed, "--json"))["finding"]
    assert printed == json.loads(json.dumps(answer.finding.to_dict()))
    answer.save(place)
    run("report", place)
    terminal = run(*typed)
    assert terminal.partition("Reproduce:")[0] == str(answer).partition("Reproduce:")[0]
    voices = {
        "terminal": flat(terminal),
        "report": words((place / "report.html").read_text(encoding="utf-8")),
        "notebook": words(answer._repr_html_()),
    }
    for voice, said in voices.items():
        for sentence in (printed["answer"], *printed["details"], *printed["cautions"]):
            assert flat(sentence) in said, (voice, sentence)
    return printed
