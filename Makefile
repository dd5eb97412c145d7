# make run, make test and make check need python3 and make, and install the rest into .venv.

SHELL = /bin/bash
PORT ?= 8000
PYTHON = .venv/bin/python
PYTEST = $(PYTHON) -m pytest
MANAGE = $(PYTHON) manage.py
# A database that nothing else has open, for checks that want one.
ASIDE = env DATABASE_URL=sqlite://:memory:
# What gettext reads, made of what translators write.
CATALOGUES = $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/django.po))
BABEL = $(PYTHON) -m babel.messages.frontend --quiet
# How large the large data of `make bench` is: a part of 2 million timers, or the DATABASE_URL of what make_data made.
LARGE ?= 0.05
# Whether this is the demo.
DEMO = grep -qx DEMO=on .env

.PHONY: help install run dev test test-sqlite test-postgres test-browser browser fuzz races crash machines bench soak programs check format messages lock clean

help:
	@echo "make run     install, migrate, fill with the demo and serve at PORT ($(PORT))"
	@echo "make dev     the same, with Django's own server and DEBUG on"
	@echo "make install only what a server needs of make run: docs/operations.md"
	@echo "make test    every test: on SQLite, on PostgreSQL, in a browser"
	@echo "make check   lint, format, types, templates, migrations, settings"
	@echo "make fuzz    20,000 generated requests on both databases (SEED=1: the same ones again)"
	@echo "make races   200 clicks at the same moment, over HTTP, on both databases"
	@echo "make crash   kill -9 and power cuts under load, on both databases"
	@echo "make machines  two servers behind nginx and PgBouncer: races, kills, sign-in (docs/scaling.md)"
	@echo "make bench   what a click and a page cost beside a floor, on PostgreSQL (some minutes)"
	@echo "make soak    five minutes of everybody's work, on both databases"
	@echo "make programs  which programs put a server under load"
	@echo "make format  what make check would complain about and a tool can mend"
	@echo "make messages  bring the catalogues in locale/ up to the texts of the code"
	@echo "make lock    resolve the requirements again (UPGRADE=1: to the newest)"
	@echo "make clean   forget what was installed and built; the database and .env stay"

# Installing

.venv/installed: requirements.txt
	@test -x $(PYTHON) || python3 -m venv .venv
	@echo "Installing what Stint needs ..."
	@$(PYTHON) -m pip install -qq --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	@echo "Installing what its development needs ..."
	@$(PYTHON) -m pip install -qq --disable-pip-version-check --require-hashes -r $<
	@touch $@

.env:
	@umask 077; printf '%s\n' \
	  "# The demo on this machine. README.md says what a real server needs." \
	  "SECRET_KEY=$$(python3 -c 'import secrets; print(secrets.token_urlsafe(48))')" \
	  "ALLOWED_HOSTS=127.0.0.1,localhost,[::1]" \
	  "DEBUG=off" "HTTPS=off" "DEMO=on" > $@
	@echo "Wrote .env with a secret key of its own."

# Serving

# Everything but the database: docs/operations.md goes on from there.
install: .venv/installed .env var/static/staticfiles.json $(CATALOGUES)

var/static/staticfiles.json: .venv/installed .env config/settings.py $(shell find static)
	@$(MANAGE) collectstatic --no-input --verbosity 0

run: install
	@$(PYTHON) -c 'import socket; socket.create_server(("127.0.0.1", $(PORT)))' 2>/dev/null || { \
	  echo "Port $(PORT) is taken: make run PORT=8001 takes another."; exit 1; }
	@$(MANAGE) migrate --verbosity 0
	@if $(DEMO); then $(MANAGE) demo --if-empty --verbosity 0; fi
	@echo
	@echo "  Stint     http://127.0.0.1:$(PORT)/"
	@if $(DEMO); then echo "  Accounts  agent, agent2, manager, admin; the password is demo"; fi
	@echo "  Stop      Ctrl-C"
	@echo
	@# In a process group of its own: workers that get Ctrl-C themselves, beside their server, hang.
	@# One pool of memory for all threads, which keeps 4 MiB at hand: to ask the system for them costs 0.2 ms.
	@set -m; MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=33554432 MALLOC_TRIM_THRESHOLD_=4194304 \
	.venv/bin/granian --interface wsgi config.wsgi:application --host 127.0.0.1 --port $(PORT) \
	  --workers 2 --blocking-threads 4 --no-ws --respawn-failed-workers --log-level warning \
	  --http1-header-read-timeout 10000 --workers-kill-timeout 30 & \
	server=$$!; set +m; trap 'kill $$server' INT TERM HUP; wait $$server || wait $$server

dev: export DEBUG = on
dev: .venv/installed-dev .env $(CATALOGUES)
	@$(MANAGE) migrate --verbosity 0
	@if $(DEMO); then $(MANAGE) demo --if-empty --verbosity 0; fi
	@exec $(MANAGE) runserver 127.0.0.1:$(PORT)

# Testing

test: test-sqlite test-postgres test-browser

test-sqlite: .venv/installed-dev $(CATALOGUES)
	@echo "== SQLite"
	@$(PYTEST) -n 2 -m "not browser"

test-postgres: .venv/installed-dev $(CATALOGUES)
	@echo "== PostgreSQL"
	@$(PYTHON) -m tests.postgres -- $(PYTEST) -n 2 -m "not browser"

test-browser: .venv/installed-dev browser $(CATALOGUES)
	@echo "== Browser"
	@$(PYTEST) -n 2 -m browser tests/browser

browser: .venv/installed-dev
	@$(PYTHON) -m tests.chromium || { \
	  test "$$(id -u)" = 0 && command -v apt-get >/dev/null || { echo "Install Chromium and try again."; exit 1; }; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y chromium >/dev/null; }

fuzz: .venv/installed-dev $(CATALOGUES)
	@$(PYTHON) -m tests.fuzz $(if $(SEED),--seed $(SEED))

races crash machines: .venv/installed-dev
	@$(PYTHON) -m bench.$@

# A peer that is measured beside Stint; where it cannot be had, the rest is measured.
var/peer/installed: bench/peer-requirements.txt .venv/installed-dev
	@rm -rf var/peer
	@echo "Installing timetagger, to compare with ..."
	@$(PYTHON) -m pip install -qq --disable-pip-version-check --no-deps --require-hashes --target var/peer -r $< \
	  && touch $@ || { rm -rf var/peer; echo "It cannot be installed: Stint is measured without it."; }

bench: .venv/installed-dev var/peer/installed $(CATALOGUES)
	@$(PYTHON) -m bench.speed --large $(LARGE)

soak: .venv/installed-dev $(CATALOGUES)
	@$(PYTHON) -m bench.soak

programs: .venv/installed-dev
	@$(PYTHON) -m bench

# Checking

check: .venv/installed-dev .env
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/djhtml --check --tabwidth 2 templates
	.venv/bin/mypy
	$(ASIDE) $(MANAGE) makemigrations --check --dry-run --verbosity 0
	$(ASIDE) $(MANAGE) check
	$(ASIDE) HTTPS=on DEMO=off $(MANAGE) check --deploy --fail-level WARNING

format: .venv/installed-dev
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	.venv/bin/djhtml --tabwidth 2 templates

# Translating

%.mo: %.po .venv/installed
	@$(BABEL) compile --input-file $< --output-file $@

EXTRACT = --mapping-file pyproject.toml --add-comments Translators: --strip-comment-tags --add-location file --sort-by-file \
  --omit-header --keywords "gettext_lazy gettext_noop pgettext_lazy:1c,2 ngettext_lazy:1,2 npgettext_lazy:1c,2,3"

messages: .venv/installed-dev
	@mkdir -p var
	@$(BABEL) extract $(EXTRACT) --output-file var/messages.pot config workspaces conversations billing timers templates
	@for language in de fr es ja; do \
	  $(BABEL) update --input-file var/messages.pot --output-dir locale --domain django --locale $$language --init-missing --no-fuzzy-matching --ignore-obsolete; done

COMPILE = $(PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-header $(if $(UPGRADE),--upgrade) pyproject.toml

lock: .venv/installed
	@$(PYTHON) -m pip install -qq --disable-pip-version-check uv
	@$(COMPILE) --output-file requirements.txt
	@$(COMPILE) --group dev --constraint requirements.txt --output-file requirements-dev.txt

clean:
	rm -rf .venv var/static .mypy_cache .pytest_cache .ruff_cache .hypothesis test-results
	find . -name __pycache__ -prune -exec rm -rf {} +
