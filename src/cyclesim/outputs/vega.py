"""Charts for the screen, as Vega-Lite: the same series as on paper, with the baseline in black and direct labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from cyclesim.inputs.dates import date
from cyclesim.outputs.style import BASELINE, COLOURS, GREY

Series = Mapping[str, Sequence[float]]


def lines(
    title: str, unit: str, start: str, series: Series, bands: Mapping[str, Series] | None = None
) -> dict[str, Any]:
    """Return a chart of one or more lines over months, the first the baseline.

    Parameters
    ----------
    title, unit
        What is shown, and in which unit.
    start
        First month, YYYY-MM.
    series
        Values month by month, by the name that the line is labelled with.
    bands
        ``low`` and ``high`` month by month, by the name of a line.
    """
    names = list(series)
    colours = [BASELINE, *COLOURS][: len(names)]
    months = [f"{date(m, start)}-01" for m in range(len(next(iter(series.values()))))]
    rows = [
        {"month": month, "line": name, "value": float(value)}
        for name in names
        for month, value in zip(months, series[name], strict=True)
    ]
    colour = {"field": "line", "type": "nominal", "scale": {"domain": names, "range": colours}, "legend": None}
    x = {"field": "month", "type": "temporal", "axis": {"title": None, "format": "%Y", "grid": False, "tickCount": 6}}
    y = {"type": "quantitative", "axis": {"title": None, "tickCount": 4}, "scale": {"zero": True}}
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": _band(months, name, band)},
            "mark": {"type": "area", "color": colours[names.index(name)], "opacity": 0.2},
            "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
        }
        for name, band in (bands or {}).items()
    ]
    dash = {
        "field": "line",
        "type": "nominal",
        "scale": {"domain": names, "range": [[6, 3], *[[1, 0]] * 6][: len(names)]},
    }
    drawn = {"x": x, "y": {**y, "field": "value"}, "color": colour, "strokeDash": {**dash, "legend": None}}
    layers.append({"mark": {"type": "line", "strokeWidth": 2.2}, "encoding": drawn})
    label = {"align": "left", "dx": 6, "fontSize": 12, "fontWeight": 600}
    ends = [{"month": months[-1], "line": name, "value": place} for name, place in _places(series, bands).items()]
    words = {"x": x, "y": {**y, "field": "value"}, "text": {"field": "line"}, "color": colour}
    layers.append({"data": {"values": ends}, "mark": {"type": "text", **label}, "encoding": words})
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "title": {"text": title, "subtitle": unit, "anchor": "start", "fontSize": 14, "subtitleColor": GREY},
        "width": "container",
        "height": 220,
        "padding": {"right": 96},
        "data": {"values": rows},
        "layer": layers,
        "config": {"view": {"stroke": None}, "axis": {"labelColor": GREY, "domainColor": GREY, "gridColor": "#E4E4E4"}},
    }


def _places(series: Series, bands: Mapping[str, Series] | None) -> dict[str, float]:
    """Return where labels stand: at the ends of their lines, moved apart where these are close."""
    everything = [*series.values(), *(band["high"] for band in (bands or {}).values())]
    apart = 0.08 * max(max(values) for values in everything)
    order = sorted(series, key=lambda name: series[name][-1])
    places = {name: float(series[name][-1]) for name in order}
    for lower, upper in pairwise(order):
        close = apart - (places[upper] - places[lower])
        if close > 0:
            places[lower], places[upper] = max(places[lower] - close / 2, 0.0), places[upper] + close / 2
    return places


def _band(months: Sequence[str], name: str, band: Series) -> list[dict[str, Any]]:
    return [
        {"month": month, "line": name, "low": float(low), "high": float(high)}
        for month, low, high in zip(months, band["low"], band["high"], strict=True)
    ]
