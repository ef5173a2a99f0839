"""Run the schedule, or one of its jobs now."""

from argparse import Namespace
from typing import Any

from cli.framework import arguments
from cli.framework.context import Context, table
from cli.framework.stop_signals import stop_on_signals
from core.i18n import Translate
from jobs import schedule


def add(commands: Any, translate: Translate) -> None:
    """Add `jobs run`, `jobs once` and `jobs list`."""
    _ = translate
    title = _("定时任务")
    inner = commands.add_parser("jobs", help=title, description=title).add_subparsers(required=True)
    for name, does, run in (
        ("run", _("运行全部定时任务，Ctrl-C 或 SIGTERM 结束"), run_schedule),
        ("once", _("立即运行一项任务"), run_once),
        ("list", _("列出各项任务和时间"), list_jobs),
    ):
        parser = inner.add_parser(name, help=does, description=does)
        parser.set_defaults(run=run)
        if name == "once":
            parser.add_argument("name", choices=tuple(schedule.BY_NAME), help=_("任务名称"))
            on_day = _("按这一天 {time} 运行；不是今天的只演练，不写入").format(time=f"{schedule.NINE:%H:%M}")
            parser.add_argument("--today", type=arguments.day, metavar="DATE", help=on_day)


def run_schedule(given: Namespace, context: Context) -> int:
    """Run the schedule until the process is told to end; what is under way is finished first."""
    del given
    _ = context.words
    services = context.services
    with stop_on_signals(_nothing_to_wake) as stop:
        context.say(_("定时任务已开始，共 {number} 项。").format(number=len(schedule.JOBS)))
        context.stdout.flush()
        schedule.run_until(services, stop)
    context.say(_("定时任务已结束。"))
    return 0


def _nothing_to_wake() -> None:
    """Do nothing: the schedule looks at the event every second by itself."""


def run_once(given: Namespace, context: Context) -> int:
    """Run one job and print what it did as JSON."""
    context.say_json(schedule.run_once(given.name, context.services, given.today))
    return 0


def list_jobs(given: Namespace, context: Context) -> int:
    """List the jobs with their times in the county's zone."""
    del given
    for line in table((job.name, job.when, context.words(job.help)) for job in schedule.JOBS):
        context.say(line)
    return 0
