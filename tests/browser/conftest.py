"""A headless Chromium: the one of the system. Without one these tests are skipped, unless it is demanded."""

import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="session")
def browser():
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None and not os.environ.get("CYCLESIM_BROWSER"):
        pytest.skip("no Chromium or Chrome here")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


class Watched:
    """A page, and what it said and asked for."""

    def __init__(self, browser, width=1200, **options):
        self.context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        self.page = self.context.new_page()
        self.errors, self.asked = [], []
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.errors.append(str(e)))
        self.page.on("request", lambda r: self.asked.append(r.url))

    def violations(self):
        """Return what axe-core finds, serious or worse."""
        axe = pytest.importorskip("axe_core_python.sync_playwright")
        found = axe.Axe().run(self.page)["violations"]
        return [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")]


@pytest.fixture
def watched(browser):
    opened = []

    def new(width=1200, **options):
        opened.append(Watched(browser, width, **options))
        return opened[-1]

    yield new
    for one in opened:
        one.context.close()
