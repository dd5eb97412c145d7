"""Makes the floor's tables, users and rows; prints a session key and the rows' ids of each user, as JSON.

DATABASE_URL=… python -m bench.floor.fill PEOPLE ROWS_EACH
"""

import json
import os
import sys

import django


def main(people: int, rows_each: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.floor.settings"
    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.test import Client

    from bench.floor.models import Row

    # Django's own tables first: an application without migrations cannot wait for them.
    call_command("migrate", verbosity=0)
    call_command("migrate", run_syncdb=True, verbosity=0)
    made = []
    for number in range(people):
        user = User.objects.create(username=f"user{number}")
        client = Client()
        client.force_login(user)
        rows = [
            Row(owner=user, subject=f"What was asked, number {each}", person="Robin Member", seconds=each)
            for each in range(rows_each)
        ]
        Row.objects.bulk_create(rows)
        made.append({"session": client.session.session_key, "rows": [row.pk for row in rows]})
    print(json.dumps(made))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
