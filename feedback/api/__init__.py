"""Doors for programs: no cookie, no session, a bearer token on every request."""
