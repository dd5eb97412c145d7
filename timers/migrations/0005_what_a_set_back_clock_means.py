"""Says more exactly what the flag of an interval means. Changes no table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("timers", "0004_guards"),
    ]

    operations = [
        migrations.AlterField(
            model_name="interval",
            name="clock_stepped_back",
            field=models.BooleanField(
                default=False,
                help_text="The server's clock was set back while it ran or before; what it counts may be wrong.",
                verbose_name="clock stepped back",
            ),
        ),
    ]
