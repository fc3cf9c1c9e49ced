"""What is kept, in PostgreSQL. Migration 0002 adds the triggers these rows rely on."""

from feedback.models.access import Invite, Lines, Membership, Role
from feedback.models.audit import AuditEntry, Seal
from feedback.models.bulk import Bulk, BulkState, BulkStep, DeletedAs, SavedView
from feedback.models.coding import Colour, Mention, Note, Tag
from feedback.models.delivery import (
    AccessKey,
    ExportFile,
    ExportState,
    Retagged,
    Rhythm,
    SavedExport,
    Why,
)
from feedback.models.open_text import (
    Code,
    Coded,
    NameDecision,
    NamedIn,
    OpenQuestion,
    Read,
    VoiceMark,
)
from feedback.models.partial import Letter, Partial, Version
from feedback.models.picture import Picture
from feedback.models.publication import Publication, Quote, Release
from feedback.models.response import (
    Change,
    DailySalt,
    Reason,
    Response,
    SearchText,
    Status,
    Tombstone,
)
from feedback.models.summary import FrameChunk, Summary, SummaryMail
from feedback.models.survey import Revision, Survey
from feedback.models.themes import (
    AnswerToPlace,
    TextVector,
    Theme,
    ThemeOf,
    ThemeSet,
    ThemesState,
    WhyNoThemes,
)
from feedback.models.weighting import Weighting

__all__ = [
    "AccessKey",
    "AnswerToPlace",
    "AuditEntry",
    "Bulk",
    "BulkState",
    "BulkStep",
    "Change",
    "Code",
    "Coded",
    "Colour",
    "DailySalt",
    "DeletedAs",
    "ExportFile",
    "ExportState",
    "FrameChunk",
    "Invite",
    "Letter",
    "Lines",
    "Membership",
    "Mention",
    "NameDecision",
    "NamedIn",
    "Note",
    "OpenQuestion",
    "Partial",
    "Picture",
    "Publication",
    "Quote",
    "Read",
    "Reason",
    "Release",
    "Response",
    "Retagged",
    "Revision",
    "Rhythm",
    "Role",
    "SavedExport",
    "SavedView",
    "Seal",
    "SearchText",
    "Status",
    "Summary",
    "SummaryMail",
    "Survey",
    "Tag",
    "TextVector",
    "Theme",
    "ThemeOf",
    "ThemeSet",
    "ThemesState",
    "Tombstone",
    "Version",
    "VoiceMark",
    "Weighting",
    "Why",
    "WhyNoThemes",
]
