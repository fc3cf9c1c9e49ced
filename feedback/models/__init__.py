"""What is kept, in PostgreSQL. Migration 0002 adds the triggers these rows rely on."""

from feedback.models.access import AuditEntry, Membership, Role
from feedback.models.coding import Note, Tag
from feedback.models.partial import Letter, Partial, Version
from feedback.models.picture import Picture
from feedback.models.response import (
    Change,
    DailySalt,
    Reason,
    Response,
    SearchText,
    Status,
    Tombstone,
)
from feedback.models.summary import FrameChunk, Summary
from feedback.models.survey import Revision, Survey

__all__ = [
    "AuditEntry",
    "Change",
    "DailySalt",
    "FrameChunk",
    "Letter",
    "Membership",
    "Note",
    "Partial",
    "Picture",
    "Reason",
    "Response",
    "Revision",
    "Role",
    "SearchText",
    "Status",
    "Summary",
    "Survey",
    "Tag",
    "Tombstone",
    "Version",
]
