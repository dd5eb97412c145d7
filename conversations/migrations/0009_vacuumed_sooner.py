"""Conversations are counted by their indexes: their table is kept ready for that."""

from django.db import migrations

from workspaces.vacuum import VacuumSooner


class Migration(migrations.Migration):
    dependencies = [("conversations", "0008_one_index_less")]

    operations = [VacuumSooner("conversation")]
