"""The command that opens the live model: app."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import click

from cyclesim.errors import DesignError


@click.command()
@click.option("--port", type=click.IntRange(min=1, max=65535), default=8501, show_default=True, help="Port.")
@click.option(
    "--address", default="127.0.0.1", show_default=True, help="Address to listen at; others can reach 0.0.0.0."
)
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
def app(port: int, address: str, no_browser: bool) -> None:
    """Open the live model in a browser: levers, expected values at once, a band of worlds behind them.

    It listens on this machine only, unless another address is given, and asks nothing of any other.
    """
    if find_spec("streamlit") is None:
        raise DesignError("the live model needs Streamlit: pip install 'cyclesim[app]'")
    script = Path(__file__).parent / "outputs" / "app.py"
    options = {
        "server.address": address,
        "server.port": str(port),
        "server.headless": str(no_browser).lower(),
        "server.fileWatcherType": "none",
        "server.showEmailPrompt": "false",  # or the first start of all waits for an address at the terminal
        "server.maxUploadSize": "1",
        "browser.gatherUsageStats": "false",
        "runner.magicEnabled": "false",
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
        "theme.base": "light",
        "theme.primaryColor": "#00517f",
    }
    click.echo(f"The live model: http://{'localhost' if address == '127.0.0.1' else address}:{port} (Ctrl-C ends it)")
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    command = [sys.executable, "-m", "streamlit", "run", str(script), *words]
    if os.name == "posix":
        sys.stdout.flush()
        os.execv(sys.executable, command)  # in place of this process, so that what ends it ends the server
    raise SystemExit(subprocess.call(command))
