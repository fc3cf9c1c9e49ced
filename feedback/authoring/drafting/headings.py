"""What one column of a file is about, from its header: question, part, or the tool's own."""

import re
from dataclasses import dataclass

OTHERS = (
    "other|others|autre|autres|andere|anderes|anderer|sonstige|sonstiges|otro|otra|otros|otras|altro"
    "|outro|outra|anders|inne|annat|другое|その他|其他"
)
# A header of what was typed in; and an option, which people choose for what is not listed.
OTHER = re.compile(rf"^[\W_]*(if\s+)?(yes,?\s+)?({OTHERS})\b.{{0,40}}$", re.I | re.DOTALL)
OTHER_OPTION = re.compile(
    rf"({OTHERS})\W*|({OTHERS})\s*[(:,–-].{{0,40}}|({OTHERS}) (please )?(specify|answer|option)s?",
    re.I | re.DOTALL,
)
# What tools put beside the answers, by the header in small letters without its signs: the
# response's own column it fits, "id" for what only numbers or traces, "person" for a name or
# an address that a question may be made of.
KNOWN = {
    "received_at": (
        "recordeddate|recorded date|submitdate|date submitted|submit date utc|submitted at"
        "|submission date|submission time|completion time|completed at|timestamp|horodateur"
        "|zeitstempel|marca temporal|carimbo de data hora|informazioni cronologiche|tijdstempel"
        "|tidstempel|sygnatura czasowa|отметка времени|タイムスタンプ|时间戳记|enddate|end date"
        "|datestamp|date last action|created at|date"
    ),
    "seconds": (
        "duration in seconds|interviewtime|total time|time taken seconds|duration seconds|duration"
    ),
    "language": "userlanguage|user language|startlanguage|start language",
    "source": "utm source|distributionchannel|distribution channel|source",
    "id": (
        "respondent id|response id|responseid|response|collector id|start date|startdate"
        "|start date utc|start time|date started|ip address|ipaddress|ipaddr|ip|custom data 1"
        "|status|response type|progress|finished|lastpage|last page|seed|refurl|referrer url"
        "|locationlatitude|location latitude|locationlongitude|location longitude"
        "|externalreference|external reference|external data reference|network id|id|token"
        "|user agent|q recaptchascore|q relevantidfraudscore|submission id"
    ),
    "person": (
        "email address|email|e mail|recipientemail|recipient email|recipientfirstname"
        "|recipient first name|recipientlastname|recipient last name|first name|last name"
        "|username|adresse e mail|name"
    ),
}
ROLES = {name: role for role, names in KNOWN.items() for name in names.split("|")}
# These words are the tool's own only where the file is that tool's.
ONLY_OF_TOOLS = {"status", "source", "progress", "finished", "date", "token", "duration", "seed",
                 "response", "id", "response type", "ip"}  # fmt: skip
RECEIVED = KNOWN["received_at"].split("|")  # those that tell best when it was sent come first


@dataclass(frozen=True)
class Heading:
    """One column.

    Attributes:
        header: as ``imported_from`` names it, with ``nth`` of those that read alike.
        code: the other tool's name of the question.
        text: the question; ``part`` what of it, such as a row or an option.
        role: of what is no question: a key of KNOWN.
    """

    place: int
    header: str
    nth: int
    text: str
    code: str = ""
    part: str = ""
    role: str = ""
    types_other: bool = False

    @property
    def group(self) -> str:
        """What columns of one question have in common."""
        return self.code or self.text


def role_of(header: str, *, of_tool: bool) -> str:
    """What a column is that no form asked for; "" for a question."""
    name = " ".join(re.findall(r"\w+", header.casefold().replace("_", " ")))
    if name in ONLY_OF_TOOLS and not of_tool:
        return ""
    if re.fullmatch(r"(group|question)time\d+|\w+time", name) and of_tool and name not in ROLES:
        return "id"  # how long a question was looked at
    return ROLES.get(name, "")


def parted(text: str) -> tuple[str, str]:
    """A header "question [part]" as both; the part is "" where there are no brackets."""
    told, depth = text.rstrip(), 0
    if not told.endswith("]"):
        return text, ""
    for place in range(len(told) - 1, -1, -1):
        depth += {"]": 1, "[": -1}.get(told[place], 0)
        if depth == 0:
            return told[:place].rstrip(), told[place + 1 : -1].strip()
    return text, ""
