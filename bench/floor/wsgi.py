"""What the server runs."""

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.floor.settings"
os.environ.setdefault("STATEMENT_TIMEOUT", "30s")

application = get_wsgi_application()
