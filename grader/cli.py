"""The command line: every command is a few lines that hand its words to the library and print what comes
back.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import click

COMMANDS = {
    "derive": "grader.commands.deriving",
    "solve": "grader.commands.deriving",
    "handout": "grader.commands.deriving",
    "check": "grader.commands.grading",
    "grade": "grader.commands.grading",
    "verify": "grader.commands.proofreading",
    "problems": "grader.commands.tables",
    "notations": "grader.commands.tables",
    "misconceptions": "grader.commands.tables",
    "demo": "grader.commands.demo",
}
"""Where each command lives; it is imported when it is asked for, so that ``--help`` answers at once."""

SUMMARIES = {
    "derive": "Every formula, step by step with reasons.",
    "solve": "Every number.",
    "handout": "A handout, with or without solutions.",
    "check": "Judge one answer.",
    "grade": "Grade a class.",
    "verify": "Check a textbook chapter.",
    "problems": "The problem bank: list, show, lint, new.",
    "notations": "The notations that can be read and written.",
    "misconceptions": "The misconceptions that are recognised.",
    "demo": "The main job on built-in input.",
}

UNUSABLE = 3
"""Exit code for an input file that cannot be used."""


class _Lazy(click.Group):
    """Knows its commands by name and loads the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        return getattr(import_module(COMMANDS[cmd_name]), cmd_name)  # type: ignore[no-any-return]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(SUMMARIES.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from derive.errors import unknown

            ctx.fail(unknown(args[0], "a command", COMMANDS))
        return super().resolve_command(ctx, args)


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="deltagrade", prog_name="deltagrade")
def main() -> None:
    """Derive, grade and verify backpropagation.

    PROBLEM is a YAML file or the name of a built-in problem. Results go to stdout, progress and warnings
    to stderr.

    Exit codes: 0 done; 1 done, and it found what it looks for; 2 wrong usage; 3 an input file is
    unusable; 4 some submissions could not be read (the rest were graded); 130 interrupted.
    """


def reports_errors(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn what the library raises for bad input into one clear message and exit code 3, and Ctrl-C into
    130.
    """

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        from derive.errors import Unusable

        try:
            return command(*args, **kwargs)
        except Unusable as error:
            click.echo(str(error), err=True)
            sys.exit(UNUSABLE)
        except KeyboardInterrupt:
            click.echo("interrupted; start again with the same words to go on", err=True)
            sys.exit(130)
        except BrokenPipeError:
            sys.stderr.close()
            sys.exit(0)
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            click.echo(f"{where}cannot be read or written ({error.strerror or error})", err=True)
            sys.exit(UNUSABLE)

    return run


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    import json

    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
