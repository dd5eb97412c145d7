from collections import Counter
from typing import Any

import django.db.models.functions.text
from django.core.management.base import CommandError
from django.db import migrations, models


def refuse_shared_addresses(apps: Any, schema_editor: Any) -> None:
    """Whose address it is, is not for an upgrade to guess."""
    users = apps.get_model("workspaces", "User").objects.exclude(email="").values_list("username", "email")
    count = Counter(email.lower() for _, email in users)
    shared = sorted(f"{username} ({email})" for username, email in users if count[email.lower()] > 1)
    if shared:
        raise CommandError(
            "Accounts share an email address, by which a password can be reset from now on. In the admin, "
            "give each its own or none, then migrate again: " + ", ".join(shared)
        )


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0005_shared_cache")]

    operations = [
        migrations.RunPython(refuse_shared_addresses, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("email"),
                condition=models.Q(("email", ""), _negated=True),
                name="one_account_per_address",
                violation_error_message="Another account has this email address.",
            ),
        ),
    ]
