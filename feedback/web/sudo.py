"""Before what cannot be taken back: show once more that it is you.

Asked after the right to do it, so that whoever may not learns nothing by being asked. A form
that was sent is kept in the session meanwhile, and goes through once they have shown it.
"""

from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest


def ask_again(request: HttpRequest) -> None:
    """Go on if the person has given password, code or passkey in the last ten minutes.

    Raises:
        ReauthenticationRequired: they have not; allauth's middleware leads them there and
            back again.
    """
    if is_reauthentication_required(request, app=""):
        raise ReauthenticationRequired
