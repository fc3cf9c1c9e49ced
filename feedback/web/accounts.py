"""How django-allauth signs people in here: limits, letters, encrypted second factors."""

import base64
from typing import Any
from uuid import UUID, uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.account.utils import get_next_redirect_url
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from feedback.models.audit import record
from feedback.models.identity import decrypt, encrypt
from feedback.models.written import columns, made
from feedback.responses import letters
from feedback.web.limits import network_name

WRONG = _("This name and password do not go together. Check both and try again.")


USER = sql.SQL("SELECT {} FROM auth_user AS u WHERE id = %s").format(columns(User, "u")).as_string()


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's own, with whoever is signed in fetched by a statement that is written out."""

    def get_user(self, user_id: int) -> User | None:
        with connection.cursor() as cursor:
            cursor.execute(USER, [user_id])
            row = cursor.fetchone()
        user = made(User, row) if row else None
        return user if user and self.user_can_authenticate(user) else None


class SignInForm(LoginForm):  # type: ignore[misc]
    """Name or e-mail address, and password, under the field names that browsers remember."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        name, password = self.fields["login"], self.fields["password"]
        name.label = _("Username or e-mail address")
        name.max_length = 254
        name.widget.attrs |= {"autocomplete": "username", "autocapitalize": "none"}
        password.help_text = ""
        for field in (name, password):
            field.widget.attrs.pop("placeholder", None)

    def add_prefix(self, field_name: str) -> str:
        return "username" if field_name == "login" else str(super().add_prefix(field_name))

    @property
    def can_reset(self) -> bool:
        return letters.can_be_sent()

    @property
    def going_to(self) -> str:
        """Where they were going, if that is a page of ours."""
        return get_next_redirect_url(self.request) or ""

    def user_credentials(self) -> dict[str, str]:
        """What was typed, tried as either: one password check, whether the account exists or not.

        allauth would try an e-mail address twice where it is known, and take twice as long.
        """
        return {
            "username": self.cleaned_data["login"],
            "password": self.cleaned_data["password"],
        }


class ConfirmForm(ReauthenticateForm):  # type: ignore[misc]
    """The password again, without a link to a letter that may never come."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.fields["password"].help_text = ""


class PasswordForm(ChangePasswordForm):  # type: ignore[misc]
    """Likewise; the rules for the new one are said once."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.fields["oldpassword"].help_text = ""


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey signs in by itself, unless somebody wants it as a second step only."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.fields["name"].label = _("A name for it, such as that of the device")
        alone = self.fields["passwordless"]
        alone.label = _("Sign in with it alone, without a password")
        alone.help_text = _("The device then asks for a fingerprint, a face or a PIN.")
        alone.initial = True


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an invitation or by whoever runs the instance, nowhere else."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": WRONG,
        "email_password_mismatch": WRONG,
        "too_many_login_attempts": _(
            "Too many failed attempts to sign in. Try again in a few minutes, or use a passkey."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return network_name(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count an attempt, until it turns out to be right.

        By account and network, so that nobody locks somebody else out from afar; and by
        account alone, far more generously, against guessing from many networks.
        """
        super().pre_authenticate(request, **credentials)
        anywhere = ratelimit.consume(
            request,
            app="allauth.account",
            action="login_failed_anywhere",
            key=self.account_key(**credentials),
        )
        if anywhere is None:
            raise self.validation_error("too_many_login_attempts")
        self._login_failed_rl_usage.usage += anywhere.usage

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return f"{self.account_key(**credentials)} {network_name(request)}"

    def account_key(self, **credentials: Any) -> str:
        return str(credentials.get("email") or credentials.get("username", "")).lower()

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        record("sign_in_failed", actor=None)

    def reauthenticate(self, user: User, password: str) -> bool:
        """As allauth does; whoever is right stays signed in.

        A hash that was made by older rules is replaced meanwhile, and sessions go by the hash.
        """
        right = bool(super().reauthenticate(user, password))
        before = user.password
        user.refresh_from_db(fields=["password"])
        if right and user.password != before:
            update_session_auth_hash(context.request, user)
        return right

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Into the queue of letters, so that no page waits for a mail server."""
        message = self.render_mail(template_prefix, email, context)
        letters.queue(to=email, subject=message.subject, text=str(message.body))


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of authenticator apps and recovery codes lie encrypted under IDENTITY_KEYS."""

    def generate_authenticator_name(self, user: Any, type: str) -> str:  # noqa: A002 - allauth's
        had = Authenticator.objects.filter(user=user, type=type).count()
        return gettext("Passkey %(number)s") % {"number": had + 1}

    def encrypt(self, text: str) -> str:
        nonce = uuid4()
        sealed = encrypt({"secret": text}, nonce=nonce)
        assert sealed is not None
        return base64.b64encode(nonce.bytes + sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        kept = base64.b64decode(encrypted_text)
        return str(decrypt(kept[16:], nonce=UUID(bytes=kept[:16]))["secret"])
