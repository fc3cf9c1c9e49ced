"""Pictures of questionnaires: options to choose from, logos."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Picture(models.Model):
    """One picture as it is sent, written anew by us; surveys that show the same share it.

    It never changes, as its name is the digest of its bytes.
    """

    digest = models.CharField(primary_key=True, max_length=64, help_text=_("SHA-256 of its bytes"))
    content_type = models.CharField(max_length=20)
    data = models.BinaryField()

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What questionnaires and addresses call it, such as ``<digest>.webp``."""
        return f"{self.digest}.{self.content_type.removeprefix('image/')}"
