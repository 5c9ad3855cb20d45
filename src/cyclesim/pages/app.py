"""The live model in a browser: started by `cyclesim app`, drawn by Streamlit.

The script runs anew whenever something is moved. The expected values (the twin) are painted first; a band of worlds of
the ledger fills in behind them, simulated by processes that all visitors share. What a visitor has chosen is kept in
that visitor's own session.
"""

import io
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from cyclesim import text
from cyclesim.errors import CycleSimError
from cyclesim.inputs import shipped
from cyclesim.inputs.dates import date
from cyclesim.inputs.files import load
from cyclesim.inputs.parameters import graded
from cyclesim.intervals import FEWEST, Spread, who
from cyclesim.measures import EVERY, PERSON_MONTHS
from cyclesim.pages import live, reports
from cyclesim.pages.live import Choice, Lever
from cyclesim.version import VERSION
from cyclesim.worlds.engines import cores

WORLDS, AHEAD, PAUSE, LISTENS = 100, 4, 0.5, 0.04
"""Worlds of a full band, worlds under way for a visitor, least seconds between two paintings of the band, and seconds
after which a move is noticed: Streamlit stops a script only where it draws."""
STEPS = 20
MINE, BASE = "with changes", "baseline"
PANELS = (
    ("People in exploitation", "people, at the end of each month", "exploited"),
    ("People identified", "people each month", "identified"),
    ("Prevalence that donors believe", "per 1,000 in need per year", "believed_prevalence"),
    ("Money received", "share of the ask", "coverage"),
)


@st.cache_resource
def pool() -> ProcessPoolExecutor:
    """Return the processes that simulate worlds, for all visitors together."""
    return ProcessPoolExecutor(max(1, cores() - 1), mp_context=get_context("spawn"))


def main() -> None:
    """Draw the page."""
    st.set_page_config(page_title="cyclesim: the live model", layout="wide", initial_sidebar_state="expanded")
    told = _opened()
    with st.sidebar:
        choice = _chosen()
    st.title("The funding-practice-data cycle, live")
    base = choice.base()
    st.markdown(f"A model, not observations. {base.title}, cyclesim {VERSION}.")
    for one in told:
        st.warning(one)
    answer, places = st.empty(), [place.empty() for place in st.columns(2) + st.columns(2)]
    progress = st.empty()
    _paint(choice, base, places, answer, [])
    st.query_params.from_dict(choice.query())
    _further(choice)
    _fill(choice, base, places, answer, progress)


def _opened() -> list[str]:
    """Follow the link with which a visitor came, once; return what could not be followed."""
    if "told" not in st.session_state:
        query = {key: str(value) for key, value in st.query_params.to_dict().items()}
        choice, st.session_state.told = live.from_link(query)
        st.session_state.preset = choice.preset
        st.session_state.more = [id_ for id_ in choice.moved if id_ not in live.DEFAULT_LEVERS]
        for id_, x in choice.moved.items():
            st.session_state[f"{choice.preset} {id_}"] = x
    return list(st.session_state.told)


def _chosen() -> Choice:
    """Draw presets and sliders, and return what they say."""
    titles = {name: f"{load(name).title} ({name})" for name in shipped.names()}
    preset = st.selectbox("Preset", list(titles), key="preset", format_func=titles.__getitem__, on_change=_forget)
    scenario = load(preset)
    moved: dict[str, float] = {}
    st.subheader("Levers")
    for id_ in live.DEFAULT_LEVERS:
        _slide(live.lever(id_, scenario), preset, moved)
    with st.expander("More levers", expanded=bool(st.session_state.get("more"))):
        rest = [id_ for id_ in live.lever_ids() if id_ not in live.DEFAULT_LEVERS]
        for id_ in st.multiselect("Further levers", rest, key="more", max_selections=live.MAX_EXTRA_LEVERS):
            _slide(live.lever(id_, scenario), preset, moved)
    st.button("Back to the preset", on_click=_reset)
    return Choice(preset, moved)


def _slide(one: Lever, preset: str, moved: dict[str, float]) -> None:
    key = f"{preset} {one.id}"
    st.session_state.setdefault(key, one.own)
    step = 0.05 if one.share else (one.high - one.low) / STEPS
    form = "%.2f" if one.share or one.high >= 0.2 else "%.4f"
    x = st.slider(one.label, one.low, one.high, step=step, key=key, format=form, help=one.text)
    if abs(x - one.own) > 1e-9:
        moved[one.id] = float(x)


def _forget() -> None:
    st.session_state.told = []


def _reset() -> None:
    for key in [key for key in st.session_state if str(key).startswith(f"{st.session_state.preset} ")]:
        del st.session_state[key]
    _forget()


def _paint(choice: Choice, base: Any, places: Sequence[Any], answer: Any, worlds: Sequence[Any]) -> None:
    """Paint expected values, with a band of worlds if there are some."""
    one, two = live.expected(choice, base=True), live.expected(choice)
    shown = {BASE: one} if choice.unchanged else {BASE: one, MINE: two}
    answer.markdown(f"**{_sentence(choice, one, two, worlds)}**")
    last = len(shown) - 1  # what has changed, or the baseline where nothing has
    for place, (title, unit, measure) in zip(places, PANELS, strict=True):
        series = {name: values[measure] for name, values in shown.items()}
        bands = {list(shown)[last]: live.band(worlds, last, measure)} if len(worlds) > 1 else None
        ends = ", ".join(f"{name} {text.number(values[-1])}" for name, values in series.items())
        spec = live.lines(title, unit, base.start, series, bands)
        place.vega_lite_chart(spec, theme=None, alt=f"{title}, last month: {ends}")


def _sentence(choice: Choice, one: dict[str, Any], two: dict[str, Any], worlds: Sequence[Any]) -> str:
    if choice.unchanged:
        return "The levers stand as in the baseline: nothing is changed."
    total = sum(one["exploited"])
    if len(worlds) >= FEWEST:
        words = text.finding(EVERY[PERSON_MONTHS], Spread.of(live.averted(worlds)), total, "luck only")
        unknown = "luck only: what is unknown about the inputs is larger."
        return f"{text.capital(words)}. {len(worlds)} worlds, {unknown}"
    gained = total - sum(two["exploited"])
    if abs(gained) < 1e-4 * total:
        return "Expected: no difference in person-months of exploitation to speak of."
    share = text.percent(abs(gained) / total) if total else "no value"
    change = f"{'averts' if gained > 0 else 'adds'} {text.number(abs(gained))} person-months of exploitation"
    return f"Expected: {change}, {share} of the baseline."


def _fill(choice: Choice, base: Any, places: Sequence[Any], answer: Any, progress: Any) -> None:
    """Simulate worlds and paint their band, until it is full or something is moved."""
    key = (choice.preset, choice.changes)
    if st.session_state.get("filled_for") != key:
        st.session_state.filled_for, st.session_state.worlds = key, []
    worlds: list[Any] = st.session_state.worlds
    waiting: set[Future[Any]] = set()
    painted, asked = time.monotonic(), len(worlds)
    if worlds:
        _paint(choice, base, places, answer, worlds)
    try:
        while len(worlds) < WORLDS:
            while asked < WORLDS and len(waiting) < AHEAD:
                waiting.add(pool().submit(live.world, choice.changes, choice.preset, asked))
                asked += 1
            done, waiting = wait(waiting, timeout=LISTENS, return_when=FIRST_COMPLETED)
            worlds.extend(future.result() for future in done)
            progress.progress(len(worlds) / WORLDS, f"{len(worlds)} of {WORLDS} worlds behind the line")
            if time.monotonic() - painted > PAUSE and len(worlds) > 4:
                _paint(choice, base, places, answer, worlds)
                painted = time.monotonic()
        _paint(choice, base, places, answer, worlds)
        progress.markdown(f"Band: {who(WORLDS)}, luck only.")
    except BrokenProcessPool:
        pool.clear()
        progress.warning("The band could not be simulated; the lines are expected values. Move something to try again.")
    finally:
        for future in waiting:
            future.cancel()


def _further(choice: Choice) -> None:
    """Draw the table, downloads, the link, the same in Python, and what must be said with it."""
    one, two = live.expected(choice, base=True), live.expected(choice)
    start = choice.scenario().start
    frame = pd.DataFrame({"month": [date(m, start) for m in range(len(one["exploited"]))]})
    for name, values in ((BASE, one), (MINE, two)):
        for measure in live.MEASURES:
            frame[f"{text.plain(measure)}, {name}"] = values[measure]
    with st.expander("The numbers of these charts"):
        st.table(frame.iloc[11::12].set_index("month").round(3))
    downloads: tuple[tuple[str, Any, str, str], ...] = (
        ("Scenario file", choice.file(), "my-scenario.yaml", "application/yaml"),
        ("Numbers (CSV)", frame.to_csv(index=False), "expected.csv", "text/csv"),
        ("Picture (PNG)", lambda: _png(choice), "cycle.png", "image/png"),
        ("Report (HTML)", lambda: _report(choice), "report.html", "text/html"),
    )
    for column, download in zip(st.columns(4), downloads, strict=True):
        column.download_button(*download, on_click="ignore", width="stretch")
    with st.expander("The same in Python"):
        st.code(choice.python(), language=None)  # colours of a language lack contrast
    with st.expander("How to read it, and what is left out"):
        count = graded()
        st.markdown(
            "Black, dashed: the baseline. Lines are expected values; the band is where 9 in 10 worlds lie and "
            f"covers luck only. {count['assumptions']} of {count['number']} parameters are assumptions that nobody has "
            "measured. The address of this page is a link to what it shows. The report takes about a minute: it "
            "simulates draws of every input.\n\n" + "\n".join(f"- {point}" for point in reports.LEAVES_OUT)
        )


def _pair(choice: Choice) -> list[Any]:
    return [choice.base()] if choice.unchanged else [choice.base(), choice.scenario().renamed("my-scenario")]


def _png(choice: Choice) -> bytes:
    from cyclesim.charts import pictures
    from cyclesim.runs.simulate import simulate

    content = io.BytesIO()
    pictures.cycle(simulate(_pair(choice), twin=True)).savefig(content, format="png", dpi=150)
    return content.getvalue()


def _report(choice: Choice) -> bytes:
    from cyclesim.questions.compare import compare
    from cyclesim.runs.simulate import simulate
    from cyclesim.worlds.design import sample

    if choice.unchanged:
        return b"<!doctype html><html lang=en><title>Nothing changed</title><p>The levers stand as in the baseline.</p>"
    pair = _pair(choice)
    ensemble = simulate(pair, sample(pair, n=24), workers=1)
    with tempfile.TemporaryDirectory() as folder:
        compare(ensemble).save(Path(folder, "results"))
        return reports.as_html(reports.report(Path(folder, "results"))).encode()


if __name__ == "__main__":  # not in the processes that simulate: they import this file too
    try:
        main()
    except CycleSimError as error:
        st.error(f"{error}")
