"""Messages lose the index that another begins with. PostgreSQL took it for the page of a conversation, and read
all of its messages to find the latest.
"""

import django.db.models.deletion
from django.db import migrations, models

from workspaces.indexes import DropOwnIndex


class Migration(migrations.Migration):
    dependencies = [("conversations", "0009_vacuumed_sooner")]

    operations = [
        DropOwnIndex(
            model_name="message",
            name="conversation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to="conversations.conversation",
                verbose_name="conversation",
            ),
        ),
    ]
