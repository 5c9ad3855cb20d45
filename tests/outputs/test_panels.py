"""Charts in panels: what their titles say, which scale they share, and money that adds up."""

import pytest
from click.testing import CliRunner

import cyclesim as cs
from cyclesim.charts import panels, pictures
from cyclesim.cli import cyclesim
from cyclesim.errors import FolderError, UnknownNameError
from cyclesim.vocabulary import Line


@pytest.fixture(scope="module")
def ensemble():
    base = cs.load("small").with_values({"months": 24, "spin_up": 0}).renamed("base")
    others = [base.with_values({"self_report": x}).renamed(f"self-report {x}") for x in (0.005, 0.02, 0.03, 0.04)]
    return cs.simulate([base, *others], replications=3)


def words(figure):
    return " ".join(figure.get_suptitle().split())


def test_deception_names_what_is_believed_and_counted_on_one_scale(ensemble):
    figure = panels.belief_ratio(ensemble.table, "base", pictures.notes(ensemble))
    months = ensemble.table[ensemble.table["scenario"] == "base"]
    last = months[months["month"] == 23]
    believed, counted = (
        last[f"{name}_prevalence"].mean() / last["true_prevalence"].mean() for name in ("believed", "detected")
    )
    assert words(figure) == (
        f"In Dec 2024 donors believe {100 * believed:.2g} % of what is true; {100 * counted:.2g} % of it is counted"
    )
    axes = figure.get_axes()
    assert len(axes) == 5
    assert len({ax.get_ylim() for ax in axes}) == 1
    assert all(len(ax.lines) >= 3 for ax in axes)
    means = months.groupby("month")[["true_prevalence", "believed_prevalence", "detected_prevalence"]].mean()
    for line, measure in zip(axes[0].lines, means, strict=False):
        assert line.get_ydata() == pytest.approx(means[measure].to_numpy())
    assert {text.get_text() for text in axes[0].texts} >= {"true", "believed", "counted"}


def test_multiples_have_the_baseline_in_every_panel(ensemble):
    figure = panels.multiples(ensemble.table, "base", pictures.notes(ensemble))
    axes = figure.get_axes()
    assert len(axes) == 4
    assert len({ax.get_ylim() for ax in axes}) == 1
    base = [tuple(ax.lines[1].get_ydata()) for ax in axes]
    assert len(set(base)) == 1
    with pytest.raises(UnknownNameError, match="no measure"):
        panels.multiples(ensemble.table, "base", pictures.notes(ensemble), "exploitd")
    one = ensemble.table[ensemble.table["scenario"] == "base"]
    with pytest.raises(UnknownNameError, match="nothing to compare"):
        panels.multiples(one, "base", pictures.notes(ensemble))
    with pytest.raises(UnknownNameError, match="no scenario"):
        panels.belief_ratio(one, "bse", pictures.notes(ensemble))


def test_money_by_line_is_what_the_run_spent():
    run = cs.run("small", twin=True)
    lines, months = run.tables["lines"], run.months
    figure = panels.money(lines, pictures.notes(run.ensemble), "Small", 1e9)
    ends = sum(line.get_ydata()[-1] for line in figure.get_axes()[0].lines)
    assert ends == pytest.approx(months["spent_cents"].iloc[-12:].sum() / 100, rel=1e-9)
    assert len(figure.get_axes()[0].lines) == len(Line)


def test_the_command_draws_every_kind_in_three_formats(tmp_path):
    (tmp_path / "a.yaml").write_text("extends: small\nmonths: 14\nspin_up: 0\n")
    (tmp_path / "b.yaml").write_text("extends: a.yaml\nparameters: {self_report: 0.03}\n")

    def do(*given):
        return CliRunner().invoke(cyclesim, [str(word) for word in given])

    do("compare", tmp_path / "a.yaml", tmp_path / "b.yaml", "--replications", 2, "--out", tmp_path / "compared")
    do("run", tmp_path / "a.yaml", "--out", tmp_path / "run")
    for kind in ("cycle", "difference", "deception", "multiples"):
        assert do("chart", tmp_path / "compared", kind).exit_code == 0
        for end in ("svg", "pdf", "png"):
            assert (tmp_path / "compared" / f"{kind}.{end}").stat().st_size > 1000
    assert do("chart", tmp_path / "run", "money").exit_code == 0
    failed = do("chart", tmp_path / "compared", "money")
    assert isinstance(failed.exception, FolderError)
    assert "kept of one world" in str(failed.exception)
