"""What the server runs: granian --interface wsgi config.wsgi:application."""

import os

from django.core.wsgi import get_wsgi_application

from workspaces.parts import read_parts

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Nobody waits for a page for longer (PostgreSQL).
os.environ.setdefault("STATEMENT_TIMEOUT", "30s")

application = get_wsgi_application()

# A quarter of a second that nobody's first page waits for.
read_parts()
