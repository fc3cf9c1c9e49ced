"""Settings of the instance, all from the environment; the README's table lists them."""

import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from redis.backoff import NoBackoff
from redis.retry import Retry
from whitenoise.compress import Compressor

from survey_site.database import kind_of_work, postgres
from survey_site.environment import (
    BASE_DIR,
    DATA_DIR,
    LOOPBACK,
    beyond_loopback,
    flag,
    listed,
    number,
    optional,
    required,
)

DEBUG = flag("DEBUG")
SECRET_KEY = required(
    "SECRET_KEY",
    remedy="Set it to 50 or more random characters, or start with `make run`, which makes one.",
)
# Newest first: the first encrypts, all decrypt. Losing them loses the personal answers.
IDENTITY_KEYS = required(
    "IDENTITY_KEYS",
    remedy="Set it to 32 random bytes in base64 (several, newest first, separated by commas).",
).split(",")
ALLOWED_HOSTS = listed("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = listed("CSRF_TRUSTED_ORIGINS")
if DEBUG and (reachable := beyond_loopback([*ALLOWED_HOSTS, optional("HOST", "127.0.0.1")])):
    raise ImproperlyConfigured(
        f"DEBUG is on and ALLOWED_HOSTS or HOST names {', '.join(reachable)}: its pages show the "
        "inside of the program. Unset DEBUG, or stay on localhost."
    )

INSTALLED_APPS = [
    "survey_site",
    "feedback",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_countries",
    "bootstrap",
]
# They put the security headers on every page; the public door knows what they put.
DRESSED_BY = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "feedback.web.middleware.security_headers",
]
MIDDLEWARE = [
    "feedback.web.measuring.measured",
    # Public pages end here: what follows is for people who sign in.
    "feedback.web.public_door.public_door",
    *DRESSED_BY,
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "feedback.web.staff_door.staff_door",
    "feedback.web.middleware.nonces",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "feedback.web.middleware.staff_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "feedback.web.middleware.limits_door",
]
ROOT_URLCONF = "survey_site.urls"
WSGI_APPLICATION = "survey_site.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {
                "finding": "feedback.web.finding",
                "i18n": "feedback.web.translating",
                "kept": "feedback.web.kept",
                "percentages": "feedback.web.percentages",
                "revealing": "feedback.web.revealing",
            },
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
CRISPY_TEMPLATE_PACK = CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"


# What this process does, and so how long its statements may take; see survey_site/database.py.
ROLE = kind_of_work(optional("ROLE"))
DATABASES = {
    "default": postgres(
        required(
            "DATABASE_URL",
            remedy="Set it to postgresql://user:password@host/name, or start with `make run`.",
        ),
        ROLE,
    )
}
# For tests only: start although PostgreSQL or Redis may lose what was acknowledged.
ALLOW_DATA_LOSS = flag("ALLOW_DATA_LOSS")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = required("REDIS_URL", remedy="Set it to redis://host:6379/0, or start with `make run`.")
# What is counted against a limit, and which one-time codes were used; see feedback/web/limits.py.
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "soundings",
        "KEY_FUNCTION": "feedback.web.limits.cache_key",
        # Once more for a connection that went stale, and no longer: somebody waits.
        "OPTIONS": {
            "socket_connect_timeout": 2,
            "socket_timeout": 2,
            "retry": Retry(NoBackoff(), 1),
        },
    }
}
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
# A page that asks for a task does not wait for a broker that is away: beat sees to it later.
CELERY_BROKER_TRANSPORT_OPTIONS = {"max_retries": 0}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 900
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_TIMEZONE = "UTC"
# A worker of their own, so that nothing else waits for them.
CELERY_TASK_ROUTES = {
    "feedback.tasks.build_export": {"queue": "exports"},
    "feedback.tasks.find_themes": {"queue": "exports"},
    "feedback.tasks.look_for_new": {"queue": "exports"},
    "feedback.tasks.place_waiting": {"queue": "exports"},
}
REFRESH_SECONDS = 3.0
CELERY_BEAT_SCHEDULE = {
    # A call nobody took before the next one is due expires, so that none pile up.
    "refresh": {
        "task": "feedback.tasks.refresh",
        "schedule": REFRESH_SECONDS,
        "options": {"expires": REFRESH_SECONDS},
    },
    "tend exports": {
        "task": "feedback.tasks.tend_exports",
        "schedule": 20.0,
        "options": {"expires": 20.0},
    },
    "mail summaries": {
        "task": "feedback.tasks.mail_summaries",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "tend themes": {
        "task": "feedback.tasks.tend_themes",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "send letters": {
        "task": "feedback.tasks.send_letters",
        "schedule": 5.0,
        "options": {"expires": 5.0},
    },
}

# smtp://user:password@host:587 or smtps://…; without it no link is sent by e-mail.
mail_server = urlsplit(optional("EMAIL_URL", ""))
EMAIL_HOST = mail_server.hostname or ""
EMAIL_PORT = mail_server.port or (465 if mail_server.scheme == "smtps" else 587)
EMAIL_HOST_USER = unquote(mail_server.username or "")
EMAIL_HOST_PASSWORD = unquote(mail_server.password or "")
EMAIL_USE_SSL = mail_server.scheme == "smtps"
EMAIL_USE_TLS = mail_server.scheme == "smtp" and mail_server.hostname not in LOOPBACK
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = optional("EMAIL_FROM", "soundings@localhost")

LANGUAGE_CODE = "en"
# Those with a catalogue in locale/; see docs/languages.md.
LANGUAGES = [
    ("en", "English"),
    ("ar", "العربية"),
    ("de", "Deutsch"),
    ("es", "Español"),
    ("fr", "Français"),
    ("he", "עברית"),
    ("hi", "हिन्दी"),
    ("it", "Italiano"),
    ("ja", "日本語"),
    ("nl", "Nederlands"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("tr", "Türkçe"),
    ("uk", "Українська"),
    ("zh-hans", "简体中文"),
]
STAFF_LANGUAGES = ["en", "de", "es", "fr"]  # those that have the words of staff pages too
LANGUAGES_BIDI = ["ar", "ar-dz", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"]
FORMAT_MODULE_PATH = "survey_site.formats"
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = optional("TIME_ZONE", "UTC")

STATIC_URL = "/static/"
STATIC_ROOT = Path(optional("STATIC_ROOT", str(DATA_DIR / "static")))
# Built exports: private, and on a disk that all web servers and workers share.
EXPORTS_DIR = Path(optional("EXPORTS_DIR", str(DATA_DIR / "exports")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "survey_site.storage.HashedFiles"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_USE_FINDERS = DEBUG
# Half of all bytes are maps of sources, which only tools of developers ask for.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "surveys"
LOGOUT_REDIRECT_URL = "account_login"
AUTHENTICATION_BACKENDS = ["feedback.web.accounts.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
HTTPS = flag("HTTPS")
# Cookies know no ports: two copies on one machine would sign each other out.
INSTANCE = hashlib.sha256(SECRET_KEY.encode()).hexdigest()[:8]
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"session_{INSTANCE}", f"csrf_{INSTANCE}"
SESSION_ENGINE = "feedback.web.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]  # asked past the proxy
SECURE_HSTS_SECONDS = number("HSTS_SECONDS", 31_536_000) if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# HSTS for subdomains, and in the browsers' own list, binds hosts that are not ours to bind.
# Our i18n takes the place of Django's in templates, on purpose: see TEMPLATES.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021", "templates.W003"]
# Proxies between the internet and this program that append to X-Forwarded-For.
TRUSTED_PROXIES = number("TRUSTED_PROXIES", 0)

ACCOUNT_ADAPTER = "feedback.web.accounts.Accounts"
ACCOUNT_FORMS = {
    "login": "feedback.web.accounts.SignInForm",
    "reauthenticate": "feedback.web.accounts.ConfirmForm",
    "change_password": "feedback.web.accounts.PasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation has done it; other accounts are made by hand
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # a form that sends mail to anyone is not ours to give
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True  # past a limit that somebody else has used up
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600  # seconds that a password given again holds for
ACCOUNT_RATE_LIMITS = {
    # By account and network; then by account alone, for an attack from many networks.
    "login_failed": "5/5m/key",
    "login_failed_anywhere": "60/h/key",
    # Forms of the join page that were sent; its codes are too long to guess.
    "join": "20/m/ip",
}
MFA_ADAPTER = "feedback.web.accounts.SecondFactors"
MFA_FORMS = {"add_webauthn": "feedback.web.accounts.PasskeyForm"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Soundings"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # whoever can sign in can make it safer
# Browsers offer passkeys over HTTPS and on localhost only, so this widens nothing else.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS

# For the themes of open answers, instead of what is installed; see docs/open-text.md. Answers
# leave this machine with an endpoint, which is never asked unless a model of it is named.
VECTORS_FOLDER = optional("VECTORS_FOLDER")
ENDPOINT_URL, ENDPOINT_KEY = optional("ENDPOINT_URL"), optional("ENDPOINT_KEY")
VECTORS_MODEL, NAMES_MODEL = optional("VECTORS_MODEL"), optional("NAMES_MODEL")
if VECTORS_FOLDER and VECTORS_MODEL:
    raise ImproperlyConfigured("VECTORS_FOLDER and VECTORS_MODEL are both set. Leave one of them.")
if (VECTORS_MODEL or NAMES_MODEL) and not ENDPOINT_URL.startswith(("http://", "https://")):
    raise ImproperlyConfigured(
        "VECTORS_MODEL or NAMES_MODEL is set and ENDPOINT_URL is no address of http or https. "
        "Set it to https://host/v1, or leave the models out."
    )

# The largest form body that is read as answers; see feedback/web/bodies.py.
MAX_ANSWERS_BYTES = 1_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_ANSWERS_BYTES
FILE_UPLOAD_HANDLERS = [
    "feedback.web.uploads.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# Who may ask for /metrics; without it, programs on this machine only.
METRICS_TOKEN = optional("METRICS_TOKEN")
# How many requests for staff and programs one process works on at once; see decision 11.
STAFF_AT_ONCE = number("STAFF_AT_ONCE", 4)
LOG_FORMAT = optional("LOG_FORMAT", "text")
FORMATTERS: dict[str, dict[str, Any]] = {
    "text": {"()": "survey_site.logs.Line"},
    "json": {"()": "survey_site.logs.JsonLine"},
    "debug": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
}
if LOG_FORMAT not in {"text", "json"}:
    raise ImproperlyConfigured(f"LOG_FORMAT is {LOG_FORMAT!r}. Set it to text or json.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_paths": {"()": "survey_site.logs.RouteInsteadOfPath"}},
    "formatters": FORMATTERS,
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "debug" if DEBUG else LOG_FORMAT,
            "filters": ["no_paths"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "celery": {"handlers": [], "level": "WARNING", "propagate": True},
        # The web server's own, which has a handler of its own else.
        "_granian": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # A line of each request.
        "soundings.requests": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
    },
}
