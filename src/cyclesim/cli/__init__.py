"""The command line: `cyclesim COMMAND`. Commands are imported when they are called."""

import io
import signal
import sys
from importlib import import_module
from types import FrameType

import click

from cyclesim.errors import CycleSimError, did_you_mean

COMMANDS = {
    "list": ("cyclesim.cli.inputs", "list_scenarios", "List the shipped scenarios and their questions."),
    "show": ("cyclesim.cli.inputs", "show", "Show a scenario with everything it extends."),
    "parameters": ("cyclesim.cli.inputs", "parameters", "Show parameters: value, unit, range, grade, source."),
    "measures": ("cyclesim.cli.inputs", "measures", "Show what is measured: kind, unit, and what it is."),
    "interventions": ("cyclesim.cli.inputs", "interventions", "List what could be done, or explain one."),
    "new": ("cyclesim.cli.inputs", "new", "Start a scenario file of your own."),
    "check": ("cyclesim.cli.inputs", "check", "Check scenario and study files and say what they change or plan."),
    "schema": ("cyclesim.cli.inputs", "schema", "Print the JSON Schema of scenario or study files, for editors."),
    "run": ("cyclesim.cli.runs", "run", "Simulate one world of one scenario."),
    "compare": ("cyclesim.cli.runs", "compare", "Compare scenarios with a baseline, world by world."),
    "studies": ("cyclesim.cli.sweep", "studies", "List the shipped studies: what a sweep or an experiment can ask."),
    "sweep": ("cyclesim.cli.sweep", "sweep", "Carry out a study of many runs, and keep every one."),
    "resume": ("cyclesim.cli.sweep", "resume", "Go on with a sweep that was stopped."),
    "expand": ("cyclesim.cli.sweep", "expand", "Add draws or replications to a sweep."),
    "status": ("cyclesim.cli.sweep", "status", "Say how far a sweep is."),
    "merge": ("cyclesim.cli.sweep", "merge", "Put together sweeps of one study that were carried out apart."),
    "verify": ("cyclesim.cli.sweep", "verify", "Check results, and simulate a share of their runs again."),
    "archive": ("cyclesim.cli.pages", "archive", "Put results into one file, ready for a repository."),
    "story": ("", "", "Tell the life of one synthetic person, in one scenario or two."),
    "estimate": ("cyclesim.cli.runs", "estimate", "Estimate from lists how many people there are (capture-recapture)."),
    "identify": ("", "", "Show which worlds case counts cannot tell apart, and what can."),
    "experiment": ("", "", "Carry out a study as an experiment: its arms against its baseline, and an answer."),
    "sensitivity": ("", "", "Say which inputs move an outcome of a sweep."),
    "discover": ("", "", "Say which assumptions make an intervention fail."),
    "calibrate": ("", "", "Say which inputs agree with what has been observed."),
    "portfolio": ("", "", "Say which use of a sum averts most exploitation."),
    "voi": ("", "", "Say what it would be worth to know more before choosing."),
    "loop": ("", "", "Say how strongly money comes back to money."),
    "ladder": ("", "", "Say what hangs on anti-trafficking money, and on who else pays."),
    "regimes": ("", "", "Say where funding comes to rest, and whether there is a trap."),
    "chart": ("cyclesim.cli.pages", "chart", "Draw a chart of results, for print."),
    "report": ("cyclesim.cli.pages", "report", "Write a report of results, to hand over and to print."),
    "page": ("cyclesim.cli.pages", "page", "Make one file with sliders, to mail or to open from a stick."),
    "app": ("cyclesim.cli.pages", "app", "Open the live model in a browser: levers, lines, a band of worlds."),
    "validate": ("", "", "Hold the model against the evidence, target by target."),
}
REPLACED = {
    "experiments": "cyclesim studies",
    "replay": "cyclesim verify FOLDER KEY",
    "trace": "python docs/trace_report.py, in a checkout of the repository",
}
"""Commands of earlier versions, and what does their work."""


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        found = import_module(module or "cyclesim.cli.questions")
        return getattr(found, attribute) if module else found.command(cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command named first; an unknown one gets a suggestion."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            if args[0] in REPLACED:
                ctx.fail(f"no command {args[0]!r} any more; it is now: {REPLACED[args[0]]}")
            ctx.fail(f"no command {args[0]!r}; {did_you_mean(args[0], COMMANDS)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cyclesim")
def cyclesim() -> None:
    """Simulate the funding-practice-data deficiency cycle in anti-trafficking work in humanitarian crises.

    A SCENARIO is the name of a shipped one (`cyclesim list`) or a file (anything with a slash or .yaml).
    """


def interrupted(number: int, frame: FrameType | None) -> None:
    """Stop as Ctrl-C does; what the compiler had half made says nothing as it goes."""
    sys.unraisablehook = lambda unraisable: None
    raise KeyboardInterrupt


def main() -> None:
    """Run the command line; errors a user can mend are printed, and end with status 2."""
    signal.signal(signal.SIGTERM, interrupted)  # batch systems send it before they kill: as Ctrl-C
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # not where Ctrl-C is ignored
        signal.signal(signal.SIGINT, interrupted)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # redirected on Windows it may lack characters of a title
            stream.reconfigure(errors="replace")
    try:
        sys.exit(cyclesim(standalone_mode=False))  # click returns the status a command ended with
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except CycleSimError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        writing = sys.modules.get("cyclesim.worlds.writing")
        places = ", ".join(map(str, writing.COMMITTED)) if writing else ""  # what was on its way is cleared away
        print(f"stopped; {f'already written: {places}' if places else 'nothing was written'}", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:  # `cyclesim parameters | head`
        sys.stderr.close()
        sys.exit(0)
