"""Another index has taken its place. Apart, for together they would take a lock, and then a stronger one."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("conversations", "0007_indexes_for_many_conversations")]

    operations = [
        migrations.RemoveIndex(model_name="conversation", name="conversations_by_activity"),
    ]
