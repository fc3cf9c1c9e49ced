"""Find the themes in one column of any CSV, without a survey and without a network.

Writes a row for each row of the file, blank ones too: its number, the theme's number and
the theme's label.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from feedback.management.progress import Progress
from feedback.open_text import sheet
from feedback.open_text.quotes import excerpt, quotes
from feedback.open_text.themes import Found, find
from feedback.open_text.vectors import KINDS, Embedder, NotAvailable, best_here, embedder


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--column", required=True, help="its name in the first row")
        parser.add_argument("--themes", type=int, help="how many; otherwise 8 to 25 by the texts")
        parser.add_argument("--output", type=Path, required=True)
        parser.add_argument("--seed", type=int, default=0, help="the same seed, the same themes")
        parser.add_argument(
            "--vectors",
            choices=sorted(KINDS),
            help="static where its package is installed, else lsa; folder and endpoint where named",
        )
        parser.add_argument("--folder", default="", help="for --vectors folder")
        parser.add_argument("--url", default="", help="for --vectors endpoint: up to and with /v1")
        parser.add_argument("--model", default="", help="for --vectors endpoint")
        parser.add_argument("--quotes", action="store_true", help="print a quote of each theme")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["themes"] is not None and options["themes"] < 1:
            raise CommandError("--themes must be 1 or more.")
        try:
            texts = sheet.read_column(options["file"], options["column"])
            chosen = self.embedder(options)
            progress = Progress("texts", total=None)
            try:
                found = find(
                    texts,
                    embedder=chosen,
                    number=options["themes"],
                    seed=options["seed"],
                    tick=progress.add,
                )
            finally:
                seconds = progress.end()
            sheet.write_themes(options["output"], found)
        except (sheet.Unreadable, NotAvailable) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.") from error
        for line in told(found, texts, with_quotes=options["quotes"]):
            self.stdout.write(line)
        self.stdout.write(
            f"{options['output']}: {len(texts):,} rows, {len(found.labels)} themes, "
            f"{int((found.top < 0).sum()):,} say nothing; {found.embedder.name}, {seconds:.0f} s"
        )

    @staticmethod
    def embedder(options: dict[str, Any]) -> Embedder:
        if not options["vectors"]:
            return best_here()
        named = {name: options[name] for name in ("folder", "url", "model")}
        return embedder(options["vectors"], **named)


def told(found: Found, texts: list[str], *, with_quotes: bool) -> list[str]:
    """A line for each theme, and its most typical answer if that is asked for."""
    lines = []
    typical = quotes(texts, found.top, found.closeness, number=1)
    for theme, (size, quoted) in enumerate(zip(found.sizes, typical, strict=True)):
        lines.append(f"{theme + 1:>4} {size:>8,}  {sheet.label(found, theme)}")
        if with_quotes and quoted:
            lines.append(f"{'':15}“{excerpt(' '.join(quoted[0].text.split()))}”")
    return lines
