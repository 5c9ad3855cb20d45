"""How long the live model takes: from a key on a slider to the painted line, and to the full band.

    python benchmarks/app.py [--scenario baseline] [--moves 50]

Needs Streamlit, Playwright and a Chromium. The server is started on a free port of this machine; times are taken inside
the page, from the key to the first frame in which the blue line has another shape.
"""

from __future__ import annotations

import argparse
import math
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request

WATCH = """() => new Promise(resolve => {
  const marks = () => [...document.querySelectorAll('.mark-line path, .mark-area path')];
  const path = () => marks().map(p => p.getAttribute('d')).join();
  const words = () => document.body.innerText.match(/Expected:[^\\n]*|nothing is changed/)?.[0];
  const before = [path(), words()];
  let began = null;
  document.addEventListener('keydown', () => { began = performance.now(); }, {once: true, capture: true});
  const look = () => {
    if (began !== null && path() !== before[0] && words() !== before[1]) resolve(performance.now() - began);
    else if (began !== null && performance.now() - began > 20000) resolve(NaN);
    else requestAnimationFrame(look);
  };
  look();
})"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", default="baseline")
    parser.add_argument("--moves", type=int, default=50)
    asked = parser.parse_args()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "cyclesim", "app", "--port", str(port), "--no-browser"]
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        measure(f"http://127.0.0.1:{port}", asked.scenario, asked.moves)
    finally:
        server.terminate()
        server.wait(timeout=20)


def measure(address: str, scenario: str, moves: int) -> None:
    from playwright.sync_api import sync_playwright

    for _ in range(150):
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=1)
            break
        except OSError:
            time.sleep(0.2)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1300, "height": 1000})
        page.goto(f"{address}/?s={scenario}")
        page.wait_for_selector("text=/worlds behind the line/", timeout=60_000)
        times = []
        for move in range(moves):
            page.get_by_role("slider").nth(1).focus()
            waited = page.evaluate_handle(f"() => {{ window.waited = ({WATCH})(); }}")
            page.keyboard.press("ArrowRight" if move % 20 < 10 else "ArrowLeft")
            times.append(page.evaluate("() => window.waited"))
            waited.dispose()
        times = sorted(t for t in times if math.isfinite(t))
        fifth = times[min(len(times) - 1, int(0.95 * len(times)))]
        middle = statistics.median(times)
        print(f"{scenario}: {len(times)} moves, key to painted line: median {middle:.0f} ms, 95 % {fifth:.0f} ms")
        began = time.monotonic()
        page.wait_for_selector("text=/Band: 5-95 % of 100 worlds/", timeout=600_000)
        print(f"{scenario}: full band of 100 worlds: {time.monotonic() - began:.0f} s")
        browser.close()


if __name__ == "__main__":
    main()
