import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ASKED = {
    "db_default": False,
    "default": False,
    "help_text": "Managers sign in with a code from an app too. Until they have set it up, they manage nothing.",
    "verbose_name": "second factor for managers",
}


class Migration(migrations.Migration):
    """The previous release goes on beside it: it knows neither, and keeps its sessions where they are."""

    dependencies = [
        ("workspaces", "0003_texts_and_preferences"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalworkspace",
            name="second_factor_for_managers",
            field=models.BooleanField(**ASKED),
        ),
        migrations.AddField(
            model_name="workspace",
            name="second_factor_for_managers",
            field=models.BooleanField(**ASKED),
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(
                        max_length=40, primary_key=True, serialize=False, verbose_name="session key"
                    ),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={"verbose_name": "session", "verbose_name_plural": "sessions"},
        ),
    ]
