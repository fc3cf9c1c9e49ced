"""The doors for people: views fetch, hand over and answer; no rule of the domain."""
