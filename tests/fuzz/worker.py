"""python -m tests.fuzz.worker SEED REQUESTS ONLY FILE: a run on the database that DATABASE_URL names.

What came of each request goes to FILE, one JSON object a line; the last line has the counts.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import random
import sys
from pathlib import Path

import django
import time_machine

from tests import environment  # noqa: F401 (before the settings are read)


def seed_randomness() -> random.Random:
    """Keys, tokens and salts come out alike on both databases, and so do the pages that hold them."""
    source = random.Random()
    os.urandom = source.randbytes
    random._urandom = source.randbytes  # type: ignore[attr-defined]
    return source


def set_up() -> None:
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings",
        # So that the pages are there that need them; nobody is written to, and nobody answers.
        EMAIL_URL="smtp://127.0.0.1:9",
        OIDC_ISSUER="https://127.0.0.1:9",
        OIDC_CLIENT_ID="fuzz",
        OIDC_CLIENT_SECRET="fuzz",
    )
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.WHITENOISE_AUTOREFRESH = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    settings.DATABASES["default"].get("OPTIONS", {}).pop("pool", None)
    django.setup()
    logging.disable()


def main(seed: int, requests: int, only: int, written: Path) -> None:
    """`only` is the number of the one request that is wanted in every detail, or -1."""
    source = seed_randomness()
    set_up()
    from tests.fuzz import world  # the models are ready only now
    from tests.fuzz.run import Run

    with time_machine.travel(world.NOW, tick=False) as clock, written.open("w", encoding="utf-8") as out:
        source.seed(seed)
        run = Run(seed, world.build(clock), clock, source)
        gc.freeze()  # what there is by now stays
        for outcome in run.outcomes(requests, only):
            out.write(json.dumps(outcome) + "\n")


if __name__ == "__main__":
    seed, requests, only, written = sys.argv[1:]
    main(int(seed), int(requests), int(only), Path(written))
