"""Sign-ins, sign-outs and changes of how one signs in, for the audit log."""

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver

from feedback.models.audit import record


@receiver(account.user_logged_in)
def signed_in(user: Any, **_signal: Any) -> None:
    record("signed_in", actor=user)


@receiver(user_logged_out)
def signed_out(user: Any, **_signal: Any) -> None:
    if user is not None:
        record("signed_out", actor=user)


@receiver([account.password_changed, account.password_reset, account.password_set])
def password_changed(user: Any, **_signal: Any) -> None:
    record("password_changed", actor=user)


@receiver(mfa.authenticator_added)
def factor_added(user: Any, authenticator: Any, **_signal: Any) -> None:
    record("mfa_added", actor=user, kind=str(authenticator.type))


@receiver(mfa.authenticator_removed)
def factor_removed(user: Any, authenticator: Any, **_signal: Any) -> None:
    record("mfa_removed", actor=user, kind=str(authenticator.type))


@receiver(mfa.authenticator_reset)
def codes_renewed(user: Any, **_signal: Any) -> None:
    record("recovery_codes_renewed", actor=user)


@receiver(mfa.authentication_failed)
def factor_failed(user: Any, authenticator: Any, **_signal: Any) -> None:
    """The password was right, so the account's owner will want to know."""
    record("second_factor_failed", actor=user, kind=str(authenticator.type))
