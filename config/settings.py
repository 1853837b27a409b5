"""All settings. What differs between machines comes from the environment, each read once, here.

DATABASE_URL            a PostgreSQL server; without it the launcher starts the embedded one and sets it
LANTOA_DATA             folder of files, keys and the embedded database (default: data/ beside the code)
LANTOA_HOSTS            host names served, comma separated (default: loopback only)
LANTOA_ADDRESS          the address people use, e.g. https://daotao.example.vn (links, QR codes)
LANTOA_LOOPBACK         1 when the server is bound to loopback only: demonstration passwords work then
LANTOA_HTTPS            1 behind HTTPS: secure cookies, strict transport
LANTOA_PROXIES          addresses or networks of front servers on other machines, comma separated (loopback counts
                        anyway): what only these say of the caller is believed
LANTOA_LOG              where the log goes: a file (default: logs/lantoa.jsonl in the data folder), or - for stderr
LANTOA_METRICS_TOKEN    who sends it as `Authorization: Bearer ...` may read /metrics from another machine
LANTOA_BACKUP_RECIPIENT, LANTOA_BACKUP_PASSPHRASE_FILE   for whom `lantoa backup` and `upgrade` lock archives
LANTOA_EVENT_NETWORKS   private networks that events may be sent into: "10.1.0.0/16, 127.0.0.0/8" (default: none)
LANTOA_EVENT_DAYS       for how many days an event that is not taken is sent again (default: 3)
LANTOA_CODE_ROLES       roles that must sign in with a one-time code too, comma separated: administrator,auditor
LANTOA_OPENID_ISSUER    sign-in by OpenID Connect: the issuer, exactly as the provider writes it; with
LANTOA_OPENID_CLIENT, LANTOA_OPENID_SECRET, LANTOA_OPENID_NAME   its client id, its secret, what the button says
LANTOA_STREAM_ORIGINS   origins whose HLS streams pages of workshops play: "https://stream.example.vn" (default: none)
LANTOA_DOORBELL         who says that a workshop has news: postgresql (default), or valkey://NAME:PASSWORD@HOST:PORT
                        (redis:// is the same, valkeys:// and rediss:// over TLS)
LANTOA_DEBUG            1 for development
LANTOA_SMTP             the mail server: smtps://NAME:PASSWORD@HOST:465, smtp://NAME:PASSWORD@HOST:587 (STARTTLS), or
                        "file" to write letters into the data folder; without it no e-mail is sent (docs/notices.md)
LANTOA_MAIL_FROM        the sender of e-mail: "Office <daotao@example.vn>"
LANTOA_SMS, LANTOA_ZALO the https address of a gateway for SMS, for Zalo; its token in LANTOA_SMS_TOKEN and
                        LANTOA_ZALO_TOKEN, the secret of its signature in LANTOA_SMS_SECRET and LANTOA_ZALO_SECRET
"""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from config.outside import doorbell_of, gateways_of, mail_of
from config.secrets import secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("LANTOA_DATA") or BASE_DIR / "data")
FILES_DIR = DATA_DIR / "files"
KEYS_DIR = DATA_DIR / "keys"
LOOKS_KEPT_DAYS = int(
    os.environ.get("LANTOA_LOOKS_KEPT_DAYS", "731")
)  # who looked at whom: two years (decision 0016)

DEBUG = os.environ.get("LANTOA_DEBUG") == "1"
LOOPBACK = os.environ.get("LANTOA_LOOPBACK") == "1"
HTTPS = os.environ.get("LANTOA_HTTPS") == "1"
ADDRESS = os.environ.get("LANTOA_ADDRESS", "http://127.0.0.1:8000")
SECRET_KEY = secret_key(DATA_DIR)
ALLOWED_HOSTS = [
    "127.0.0.1",
    "localhost",
    "[::1]",
    *filter(None, os.environ.get("LANTOA_HOSTS", "").split(",")),
]
PROXIES = tuple(one.strip() for one in os.environ.get("LANTOA_PROXIES", "").split(",") if one.strip())
METERS_DIR = DATA_DIR / "meters"  # the counts of each web process
EVENT_NETWORKS = tuple(one.strip() for one in os.environ.get("LANTOA_EVENT_NETWORKS", "").split(",") if one.strip())
EVENT_DAYS = int(os.environ.get("LANTOA_EVENT_DAYS") or 3)
EVENT_SECONDS = 10.0  # the longest that one receiver is waited for
STREAM_ORIGINS = tuple(
    one.strip().rstrip("/")
    for one in os.environ.get("LANTOA_STREAM_ORIGINS", "").split(",")
    if one.strip().startswith("https://")
)
DOORBELL = doorbell_of(os.environ)
METRICS_TOKEN = os.environ.get("LANTOA_METRICS_TOKEN", "")
CSRF_TRUSTED_ORIGINS = [ADDRESS] if ADDRESS.startswith("https://") else []

INSTALLED_APPS = [
    "lantoa.web",
    "lantoa.api",
    "lantoa.pilots",
    "lantoa.readiness",
    "lantoa.workshops",
    "lantoa.training",
    "lantoa.exams",
    "lantoa.presence",
    "lantoa.programmes",
    "lantoa.competence",
    "lantoa.office",
    "lantoa.directory",
    "lantoa.accounts",
    "lantoa.ledger",
    "lantoa.common",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",  # its templates, behind ours
]
FORM_RENDERER = "lantoa.common.controls.Controls"

MIDDLEWARE = [
    "lantoa.common.middleware.ProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "lantoa.common.middleware.LogMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "lantoa.common.middleware.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "lantoa.common.middleware.LanguageMiddleware",
    "lantoa.common.middleware.DatabaseAwayMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "lantoa.directory.middleware.CodeRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "lantoa.common.middleware.RefusalMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
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
                "lantoa.web.context.house",
            ],
        },
    }
]


# A page does not wait long for a database that is away (the pool has more connections than the server has threads),
# and the first question after it is back finds it: the pool itself gives up at once, and tries when asked.
_POOL = {"min_size": 1, "max_size": 12, "timeout": 5, "reconnect_timeout": 1}


def _database(url: str) -> dict[str, object]:
    """`postgresql://user:password@host:port/name?option=value` as settings; the host may be a socket folder."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "config.database",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or options.pop("port", "")),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,  # a connection that a restarted database has dropped is not handed out
        # prepared is what asks for it (`common.ready`), and nothing else
        "OPTIONS": {"connect_timeout": "5", **options, "pool": _POOL, "prepare_threshold": 5},
    }


DATABASES = {"default": _database(os.environ.get("DATABASE_URL", "postgresql:///lantoa"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "lantoa.accounts.backend.Accounts",
    "django.contrib.auth.backends.ModelBackend",  # of sessions from before the one above
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "web:home"
LOGOUT_REDIRECT_URL = "accounts:sign_in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

CODE_ROLES = tuple(filter(None, os.environ.get("LANTOA_CODE_ROLES", "").split(",")))
OPENID = (
    {
        "issuer": issuer,
        "client_id": os.environ.get("LANTOA_OPENID_CLIENT", ""),
        "client_secret": os.environ.get("LANTOA_OPENID_SECRET", ""),
        "name": os.environ.get("LANTOA_OPENID_NAME", "OpenID Connect"),
    }
    if (issuer := os.environ.get("LANTOA_OPENID_ISSUER", ""))
    else None
)

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "lantoa.common.formats"
USE_THOUSAND_SEPARATOR = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES_DIR}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600

SESSION_ENGINE = "lantoa.accounts.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"

MAIL = mail_of(os.environ, DATA_DIR)
EMAIL_BACKEND = MAIL.get("backend", "django.core.mail.backends.dummy.EmailBackend")
EMAIL_HOST, EMAIL_PORT = MAIL.get("host", ""), int(MAIL.get("port", 0))
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.get("user", ""), MAIL.get("password", "")
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL.get("security") == "starttls", MAIL.get("security") == "tls"
EMAIL_FILE_PATH = MAIL.get("folder")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("LANTOA_MAIL_FROM") or "Lantoa <lantoa@localhost>"
GATEWAYS = gateways_of(os.environ)

LOG = os.environ.get("LANTOA_LOG") or str(DATA_DIR / "logs" / "lantoa.jsonl")
_JSON = {"()": "lantoa.common.logs.JsonLines", "messages": DEBUG}
_FILE = {"class": "lantoa.common.logs.LineFile", "path": LOG, "formatter": "json"}
_TERMINAL = {"class": "logging.StreamHandler", "formatter": "terminal", "level": "WARNING" if DEBUG else "ERROR"}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": _JSON, "terminal": {"()": "lantoa.common.logs.Terminal", "messages": DEBUG}},
    "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "json"}}
    if LOG == "-"
    else {"file": _FILE, "terminal": _TERMINAL},
    "root": {"handlers": ["lines"] if LOG == "-" else ["file", "terminal"], "level": "WARNING"},
    "loggers": {
        "lantoa": {"level": "INFO"},
        "django": {"handlers": [], "level": "WARNING"},
        # its words hold addresses; what it would say is said by lantoa.common.middleware
        "django.request": {"level": "WARNING" if DEBUG else "CRITICAL"},
        "django.security": {"level": "WARNING" if DEBUG else "CRITICAL"},
    },
}
