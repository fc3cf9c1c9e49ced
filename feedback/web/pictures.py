"""Pictures of questionnaires, for everyone; one never changes under its name."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from feedback.models import Picture

FOR_GOOD = "public, max-age=31536000, immutable"


@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponse:
    """One picture, for a browser to keep for good."""
    digest, _dot, kind = name.partition(".")
    found = Picture.objects.filter(digest=digest, content_type=f"image/{kind}").first()
    if found is None:
        raise Http404
    response = HttpResponse(bytes(found.data), content_type=found.content_type)
    response.headers["Cache-Control"] = FOR_GOOD
    return response
