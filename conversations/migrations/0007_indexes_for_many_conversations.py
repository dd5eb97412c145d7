"""The list goes by indexes that hold its order, and the search by what is new of a customer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0006_words")]

    operations = [
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                fields=["workspace", "state", "-last_message_at", "-id"], name="conversations_in_order"
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                fields=["workspace", "assignee", "-last_message_at", "-id"],
                condition=models.Q(state="open"),
                name="open_conversations_of_one",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                fields=["customer", "state", "-last_message_at", "-id"], name="conversations_with"
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(fields=["customer", "id"], name="conversations_with_one"),
        ),
    ]
