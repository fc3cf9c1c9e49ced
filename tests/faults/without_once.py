"""The web program in a known-bad build: its INSERT relies on a constraint that was dropped."""

from feedback.responses import receive
from survey_site import wsgi

receive.INSERT = receive.INSERT.replace("(survey_id, nonce) DO NOTHING", "DO NOTHING")
application = wsgi.application
