"""The query strings of pages: every filter, place and choice, with values it was not made for."""

FILTERS = (
    b"q", b"q.wish", b"q.nothing", b"q.name", b"status", b"tag", b"assignee", b"screened", b"lang",
    b"revision", b"source", b"edited", b"noted", b"mentions", b"since", b"until", b"every",
    b"answer.visit", b"answer.uses", b"answer.stars", b"answer.wish", b"answer.nothing",
    b"answer.name", b"is.wish", b"is.nothing", b"from.stars", b"to.stars", b"from.wish",
    b"to.nothing", b"answer.", b"is.", b"q.", b"from.", b"answer.visit__other",
)  # fmt: skip
PLACES = (b"before", b"after", b"page", b"column", b"reveal")
CHOICES = (
    b"format", b"texts", b"texts_in", b"multiple", b"of_revision", b"only", b"zone", b"with",
    b"without", b"since", b"counts", b"by", b"item", b"reason", b"lang", b"saved", b"next",
    b"personal", b"source", b"who", b"act", b"survey",
)  # fmt: skip
PLACE_VALUES = {
    "no place": b"x",
    "half a place": b"1-",
    "two dashes": b"1-2-3",
    "far future": b"999999999999999999-1",
    "far number": b"1-999999999999999999",
    "past all bounds": b"9" * 30 + b"-" + b"9" * 30,
    "minus": b"-1--1",
    "arabic": b"%D9%A1-%D9%A2",
    "nought": b"0-0",
    "nul": b"1-%00",
}
FIELDS = (  # of what staff send
    b"note", b"status", b"act", b"value", b"on", b"id", b"response", b"decision", b"seen",
    b"reason", b"name", b"colour", b"into", b"shared", b"column", b"add", b"targets", b"do",
    b"close", b"stop", b"intro", b"part", b"text", b"rhythm", b"format", b"password", b"login",
    b"email", b"role", b"tag", b"assignee", b"next", b"code", b"cap", b"opens_at", b"closes_at",
    b"zone", b"partial_days", b"minimum", b"file", b"draft", b"address", b"title", b"personal",
)  # fmt: skip
INTERNAL = (
    b"id", b"pk", b"survey", b"survey_id", b"revision", b"revision_id", b"nonce", b"receipt",
    b"status", b"received_at", b"reasons", b"network", b"device", b"identity", b"answers",
    b"paradata", b"seconds", b"language", b"source", b"edits", b"csrfmiddlewaretoken",
    b"__proto__", b"constructor", b"wish[]", b"wish[$ne]", b"WISH", b"wish__state", b"name__other",
    b"visit__", b"_state", b"is_staff", b"user", b"role", b"%00", b"wish%00", b"%FF", b"",
)  # fmt: skip
