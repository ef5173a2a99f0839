"""List every setting with what it is set to; of what is secret only whether there is something."""

from pathlib import Path

from cli.framework.context import Context, table
from config import settings
from config.settings import PREFIX, SETTINGS
from core.sealing import key_file


def list_settings(context: Context) -> None:
    """Print a line for each setting."""
    _ = context.words
    rows = []
    for setting in SETTINGS:
        value = context.environ.get(PREFIX + setting.name, "")
        if setting.secret:
            shown = _("（已设置，不显示）") if value or _is_stored(setting.name, context) else _("（未设置）")
        elif setting.name == "DATABASE_URL" and "@" in value:
            shown = f"{value.partition('//')[0]}//***@{value.rpartition('@')[2]}"
        else:
            shown = value or _("（默认）{default}").format(default=setting.default)
        rows.append((PREFIX + setting.name, shown, _(setting.help)))
    for line in table(rows):
        context.say(line)
    context.say()


def _is_stored(name: str, context: Context) -> bool:
    """Return whether a setting that the environment lacks is kept in the data folder."""
    folder = Path(settings.value_of(context.environ, "DATA_DIR"))
    if name == "PERSONAL_KEY":
        return bool(key_file.read(folder / key_file.NAME))
    return name == "SECRET_KEY" and bool(settings.secret_from(folder, make=False))
