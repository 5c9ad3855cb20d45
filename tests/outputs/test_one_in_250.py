"""One trap in 250 draws is 0.4 % in every voice."""

import dataclasses

import cyclesim as cs
from cyclesim.analysis.regimes import Equilibria
from cyclesim.pages import reports
from cyclesim.questions.asking import Answer
from cyclesim.questions.regimes import Regimes, regimes
from voices import words

SMALL = cs.load("small")
NO_LOOP = Equilibria(0.1, 0.1, 0.0, 0.0, gain=0.01, corrected=0.1)
TRAP = Equilibria(0.1, 0.4, 1.4, 1.4)


def test_one_trap_in_250_draws_is_told_alike_by_every_voice(tmp_path):
    found = Regimes(SMALL, NO_LOOP, [{}] * 250, [TRAP, *[NO_LOOP] * 249], (), {})
    asked = regimes.bound(SMALL, design=cs.sample(SMALL, n=250, quantities=["contact", "naivety"]))
    answer = Answer(regimes, found, regimes.about(asked), "cyclesim regimes small --draws 250 --seed 1")
    answer.save(tmp_path / "out")
    laid_out = reports.report(tmp_path / "out")
    said = "no loop in 99.6 % (97.8 % to 99.9 %) and trap in 0.4 % (0.071 % to 2.2 %)"
    assert found.shares()["trap"][0] == 1 / 250
    voices = {
        "terminal": words(str(answer)),
        "json": answer.to_dict()["finding"]["answer"],
        "notebook": words(answer._repr_html_()),
        "report": words(reports.as_html(laid_out)),
        "picture": words(answer.plot().get_suptitle()).replace("\u00a0", " "),
        "alternative text": next(iter(laid_out.charts)).alt.replace("\u00a0", " "),
    }
    shown = answer.finding.answer
    assert "trap in 0.4 %" in shown, said
    for voice, told in voices.items():
        assert shown.removesuffix(".") in told, voice
    cautions = dataclasses.asdict(answer.finding)["cautions"]
    for voice in ("terminal", "notebook", "report"):
        for caution in cautions:
            assert words(caution) in voices[voice], (voice, caution)
