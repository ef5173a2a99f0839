"""Read a command line, run the command, and turn what goes wrong into a sentence and an exit code.

0 is done, 1 is refused, 2 is bad usage. Results go to standard output, everything else to standard error.
"""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from cli import (
    calendar,
    case_import,
    clock,
    database,
    imports,
    jobs,
    report,
    sweep,
    testing,
    verify,
)
from cli.accounts import tokens, users
from cli.auditing import reads
from cli.backup import backup
from cli.check import check
from cli.framework import error_messages
from cli.framework.context import Assemble, Context, Run
from cli.people import commands as people_commands
from cli.sealing import keys
from cli.serve import commands as serve_commands
from config.setting_problems import BadSettings
from config.tables import BadTables
from core import logs
from core.errors import DomainError
from core.files import private
from core.i18n import LANGUAGES, Translate, translator
from workflow.definition.reader import BadDefinition

DONE, REFUSED, MISUSED = 0, 1, 2
LANGUAGE = "HUIYIN_LANGUAGE"

#: In the order of the help.
MODULES = (
    serve_commands,
    jobs,
    sweep,
    report,
    verify,
    reads,
    check,
    users,
    tokens,
    imports,
    case_import,
    people_commands,
    keys,
    calendar,
    clock,
    database,
    backup,
)


class Parser(ArgumentParser):
    """A parser that names the way to help when the usage is wrong."""

    def error(self, message: str) -> NoReturn:
        """Write the usage and the problem to standard error; end with 2."""
        self.print_usage(sys.stderr)
        self.exit(MISUSED, f"{self.prog}: {message}\n{self.prog} --help\n")


def main(
    argv: Sequence[str],
    *,
    assemble: Assemble,
    create_app: Callable[..., Any],
    environ: Mapping[str, str] | None = None,
) -> int:
    """Run one command and give its exit code.

    `assemble` joins the program when the command first needs it; `environ` is the process's own by default.
    Whatever the command writes is for its owner alone, but for what `test` leaves behind.
    """
    if argv[:1] == ["test"]:
        return testing.run_tests(argv[1:])
    surroundings = os.environ if environ is None else environ
    language = _language(surroundings)
    say = translator(language)
    try:
        given = build_parser(say).parse_args(argv)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else MISUSED
    context = Context(surroundings, assemble, create_app, say, language)
    with private.closed_to_others(), logs.as_json_lines():
        try:
            return _run(given, context)
        finally:
            context.close()


def build_parser(translate: Translate) -> ArgumentParser:
    """Make the parser of all commands in a language."""
    _ = translate
    parser = Parser(prog="app.py", description=_("回音：事事有回音，件件有着落。"))
    commands = parser.add_subparsers(metavar=_("命令"), required=True)
    for module in MODULES:
        module.add(commands, translate)
    does = _("检查程序并运行全部测试")
    commands.add_parser("test", help=does, description=does, add_help=False)
    return parser


def _run(given: Namespace, context: Context) -> int:
    run: Run = given.run
    try:
        return run(given, context)
    except DomainError as error:
        context.inform(error_messages.sentence(error, context.words))
    except BadSettings as error:
        for wrong in error.problems:
            context.inform(wrong.in_words(context.words))
    except (BadTables, BadDefinition) as error:
        for problem in error.problems:
            context.inform(problem.in_words(context.words))
    except error_messages.DATABASE_ERRORS as error:
        context.inform(error_messages.of_database(error, context.words))
    except BrokenPipeError:
        # Whoever read the result has seen enough; nothing more may be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        if error.filename is None:
            raise  # not about a file that somebody named
        context.inform(error_messages.of_file(error, context.words))
    except KeyboardInterrupt:
        return testing.INTERRUPTED
    return REFUSED


def _language(environ: Mapping[str, str]) -> str:
    """Return the language of help and errors before the settings are checked."""
    asked = environ.get(LANGUAGE, "")
    return asked if asked in LANGUAGES else LANGUAGES[0]
