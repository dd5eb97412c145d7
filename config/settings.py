"""Settings, read from the environment and from a file .env beside manage.py; the environment wins.

README.md lists the variables. Start-up refuses what would leave a server open (config/checks.py).
"""

import sqlite3
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ

from config.checks import INSECURE_KEY, LOOPBACK, refuse_unsafe_settings
from config.headers import for_files

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default=INSECURE_KEY if DEBUG else "")
# Those before it, by which sessions and links stay good when it changes.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=list(LOOPBACK) if DEBUG else [])

# Lets the command `demo` fill an empty database, and the login page name the demo accounts.
DEMO = env.bool("DEMO", default=False)


# Application

INSTALLED_APPS = [
    "workspaces",
    "conversations",
    "billing",
    "timers",
    "config.admin.StintAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "csp",
    "django_htmx",
    "simple_history",
]

MIDDLEWARE = [
    # From the outside in: what every response has, also that of a middleware further in.
    "config.logs.request_line",
    "config.headers.on_every_response",
    "config.headers.PolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.no_store",
    "config.health.before_all_else",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.compression.CompressionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "config.middleware.refuse_nul_in_cookies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "config.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.middleware.device_of_session",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.LoginRequiredMiddleware",
    "config.middleware.SecondFactorMiddleware",
    "config.middleware.chosen_language",
    "config.middleware.refuse_nul",
    "django.contrib.messages.middleware.MessageMiddleware",
    "config.middleware.tell_of_wrong_method",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "timers.context_processors.topbar",
            ],
            # Lucide’s own tag draws an icon anew wherever it stands; this one keeps it.
            "libraries": {"lucide": "config.icons", "i18n": "config.fixed_tags"},
            "builtins": ["config.fixed_tags", "workspaces.templatetags.parts"],
        },
    },
    {
        # What is drawn most (workspaces/parts.py).
        "NAME": "parts",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates" / "parts"],
        "OPTIONS": {"environment": "config.parts.environment"},
    },
]


# Database

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR}/var/stint.sqlite3")}
database = DATABASES["default"]
database_options = database.setdefault("OPTIONS", {})

if database["ENGINE"] == "django.db.backends.sqlite3":
    # Before 3.51.3 a checkpoint that meets a writer can corrupt a database in WAL mode.
    write_ahead = "PRAGMA journal_mode=WAL;" if sqlite3.sqlite_version_info >= (3, 51, 3) else ""
    database_options.update(
        # A transaction that reads before it writes could not wait for the lock half-way: take it first.
        transaction_mode="IMMEDIATE",
        timeout=20,
        init_command=f"{write_ahead} PRAGMA synchronous=FULL;",
    )
    # In a file: the threads of a test cannot share a database in memory.
    database["TEST"] = {"NAME": f"{database['NAME']}.test"}
else:
    database["CONN_HEALTH_CHECKS"] = True
    database_options.setdefault("connect_timeout", 5)
    # A network that swallows everything is noticed, though nothing says so.
    database_options.setdefault("tcp_user_timeout", 10_000)
    # Ends in a page that tries again, and before the browser has given up. What a page asks may not take for
    # ever either (config/wsgi.py), but what a command does takes its time.
    limits = {
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "60s",
        "statement_timeout": env.str("STATEMENT_TIMEOUT", default="0"),
        # A request reads little: to start a worker for it, or to compile it, costs more than the whole query.
        "max_parallel_workers_per_gather": "0",
        "jit": "off",
        # What is read often is in memory, and no disk has a head to move: by PostgreSQL's own 4.0 it reads
        # all users of all workspaces rather than look up a hundred.
        "random_page_cost": "1.1",
    }
    if env.bool("DATABASE_POOLER", default=False):
        # After each transaction it gives the connection to somebody else: no cursor outlives one, and limits
        # are the role's (docs/scaling.md).
        database["DISABLE_SERVER_SIDE_CURSORS"] = True
    else:
        # What every page asks is planned once in a connection; nothing but workspaces/prepared.py prepares.
        # Left to itself, PostgreSQL plans half of it anew each time: five times as long as it then runs.
        limits["plan_cache_mode"] = "force_generic_plan"
        told = " ".join(f"-c {name}={value}" for name, value in limits.items())
        database_options.setdefault("options", told)
        database_options["prepare_threshold"] = 0
    database_options["pool"] = {
        "min_size": env.int("DATABASE_POOL_MIN", default=1),
        "max_size": env.int("DATABASE_POOL_MAX", default=8),
        "timeout": env.int("DATABASE_POOL_TIMEOUT", default=5),
        # Its attempts to reconnect come ever more rarely; given up, the next request makes a new one at once.
        "reconnect_timeout": 2,
    }


# Accounts

AUTH_USER_MODEL = "workspaces.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "workspaces.sign_in.backends.PasswordBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = LOGIN_URL

ACCOUNT_ADAPTER = "workspaces.sign_in.adapter.Adapter"
ACCOUNT_FORMS = {
    "login": "workspaces.sign_in.forms.SignInForm",
    "reset_password": "workspaces.sign_in.forms.ResetForm",
    "user_token": "workspaces.sign_in.forms.LinkForm",
    "reset_password_from_key": "workspaces.sign_in.forms.NewPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
PASSWORD_RESET_TIMEOUT = 60 * 60
# Django's: of a user's addresses it takes only the one that they have.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
# Attempts per time and address, user or key (what is asked for), counted for all processes in the cache.
ACCOUNT_RATE_LIMITS = {
    # Of passwords, it is axes and the adapter that count. This one is for wrong codes of a second factor.
    "login": None,
    "login_failed": "5/15m/key",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
    "reset_password": "30/h/ip,3/h/key",
    "reset_password_from_key": "20/m/ip",
    "openid": "60/m/ip",
}

# Sign-in through the organisation's own provider (OpenID Connect), if there is one.
OIDC_ISSUER = env.str("OIDC_ISSUER", default="")
OIDC_ORIGIN = ["{0.scheme}://{0.netloc}".format(urlsplit(OIDC_ISSUER))] if OIDC_ISSUER else []
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", default="")
OIDC_NAME = env.str("OIDC_NAME", default="") or "OpenID Connect"
SOCIALACCOUNT_ADAPTER = "workspaces.sign_in.openid.SocialAdapter"
SOCIALACCOUNT_STORE_TOKENS = False

# From the sign-in, whatever happens meanwhile; workspaces/sign_in/sessions.py holds to it.
SESSION_ENGINE = "workspaces.sign_in.sessions"
SESSION_COOKIE_AGE = env.int("SESSION_LIFETIME_HOURS", default=7 * 24) * 60 * 60

MFA_ADAPTER = "workspaces.sign_in.second_factor.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Stint"
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Nobody signs up here, so an address that is not verified is no way into an account.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "workspaces.sign_in.second_factor_forms.AuthenticateForm",
    "reauthenticate": "workspaces.sign_in.second_factor_forms.ReauthenticateForm",
    "activate_totp": "workspaces.sign_in.second_factor_forms.ActivateForm",
}
# Whether staff reach the admin site only with a second factor.
SECOND_FACTOR_FOR_STAFF = env.bool("SECOND_FACTOR_FOR_STAFF", default=False)

AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "workspaces.addresses.client_network"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_DISABLE_ACCESS_LOG = True


# Mail: only what somebody needs who forgot the password

HOST = [*ALLOWED_HOSTS, "localhost"][0].lstrip(".")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"Stint <stint@{HOST}>")
EMAIL_TIMEOUT = 10
EMAIL_FILE_PATH = BASE_DIR / "var" / "mail"
# Where mail is for trying out, it lies in files.
MAIL_TO_FILES = (DEMO or DEBUG) and not env.str("EMAIL_URL", default="")
PASSWORD_RESET_BY_MAIL = MAIL_TO_FILES or bool(env.str("EMAIL_URL", default=""))
if MAIL_TO_FILES:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
elif PASSWORD_RESET_BY_MAIL:
    vars().update(env.email_url("EMAIL_URL"))


# Cache: counts of attempts, which all processes share

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        # Never so full that counts would be thrown out before their time.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}


# Security

HTTPS = env.bool("HTTPS", default=not DEBUG)
# Passwords and sessions cross the network readable: said aloud, it is the owner's choice.
INSECURE_HTTP = env.bool("INSECURE_HTTP", default=False)
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_INCLUDE_SUBDOMAINS", default=False)
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
CSRF_FAILURE_VIEW = "config.views.csrf_failure"
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    # Whether HSTS covers a host's subdomains and preload lists is for the owner of the domain to say.
    "security.W005",
    "security.W021",
    # SQLite leaves out what else an index carries, and reads it from the table.
    "models.W040",
    # The library i18n is Django's, with two tags of ours in place of its own (config/fixed_tags.py).
    "templates.W003",
]

# Nothing but what is named, and that from here. Trusted types are left out: htmx swaps by innerHTML.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        # A browser holds the redirect to the provider's sign-in to this as well.
        "form-action": ["'self'", *OIDC_ORIGIN],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "upgrade-insecure-requests": HTTPS,
    },
}


# Language, time, files, log

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("es", "Español"), ("ja", "日本語")]
# For the sign-in, where nobody is known yet.
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "var" / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "config.bundle.BundleFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_ADD_HEADERS_FUNCTION = for_files

LOG_FORMAT = env.str("LOG_FORMAT", default="lines" if DEBUG or DEMO else "json")
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"of_request": {"()": "config.logs.OfRequest"}},
    "formatters": {"json": {"()": "config.logs.Json"}, "lines": {"()": "config.logs.Lines"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "filters": ["of_request"], "formatter": LOG_FORMAT},
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        # Django's own handlers would mail errors to nobody and say nothing here.
        "django": {"handlers": [], "level": "INFO"},
        # The line of the request says these; it goes without the addresses that are secrets.
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "django.server": {"handlers": [], "level": "WARNING"},
        # Says at the start of every command that it is there, and at every sign-in what it forgot.
        "axes": {"level": "WARNING"},
    },
}

refuse_unsafe_settings(globals())
