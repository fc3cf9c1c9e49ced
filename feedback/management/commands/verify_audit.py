"""Walk the chain of the audit log: exit 1 and the first thing that is wrong, if any is."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from feedback import chain
from feedback.management.progress import Progress
from feedback.models import Seal


def sha256(text: str) -> bytes:
    """Raises: ArgumentTypeError, it is no digest."""
    try:
        digest = bytes.fromhex(text)
    except ValueError:
        digest = b""
    if len(digest) != 32:
        raise ArgumentTypeError("a digest is 64 hexadecimal digits, as this command prints it")
    return digest


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--expect",
            type=sha256,
            default=b"",
            metavar="DIGEST",
            help="a head noted before: that it is still in the chain",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        last = Seal.objects.order_by("-position").values_list("position", flat=True).first()
        progress = Progress("links", total=last)
        found = chain.verify(expect=options["expect"], seen=progress.add)
        progress.end()
        self.stdout.write(f"{found.sealed:,} entries sealed and in order")
        self.stdout.write(f"{found.unsealed:,} not sealed yet")
        self.stdout.write(f"head {found.head.hex()}")
        if found.broken:
            raise CommandError(in_words(found.broken))
        if not found.expected:
            raise CommandError(
                "The head that was noted is not in the chain: it was cut off behind some"
                " entry, or made anew. Compare with a backup from when it was noted."
            )


def in_words(broken: chain.Broken) -> str:
    entry = f", entry {broken.entry}" if broken.entry is not None else ""
    return f"Broken at position {broken.position}{entry}: {broken.problem}."
