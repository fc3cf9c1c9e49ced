"""A process that makes a report and a filtered one, and prints its largest memory in bytes."""

import json
from pathlib import Path

import django


def main() -> None:
    django.setup()
    from django.http import QueryDict

    from benchmarks.reports import survey
    from feedback.analysis.compile import figures
    from feedback.frames.layout import layout_of
    from feedback.responses.selection import Selection

    items = layout_of(survey()).items
    figures(survey())
    figures(survey(), Selection.from_query(QueryDict("answer.dog=yes"), items))
    peak = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
    print(json.dumps(int(peak) * 1024))


if __name__ == "__main__":
    main()
