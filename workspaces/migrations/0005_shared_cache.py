from typing import Any

from django.core.management import call_command
from django.db import migrations


def create(apps: Any, schema_editor: Any) -> None:
    """The table of the cache in settings.CACHES; what is in it may be lost at any time."""
    call_command("createcachetable", "shared_cache", database=schema_editor.connection.alias, verbosity=0)


def drop(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute('DROP TABLE "shared_cache"')


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0004_second_factor_and_sessions")]

    operations = [migrations.RunPython(create, drop)]
