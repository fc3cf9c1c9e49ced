"""Every address. The public ones are answered before sessions: see ``web/middleware.py``."""

from django.contrib import admin
from django.urls import include, path

from feedback.web import urls as web

urlpatterns = [
    *web.public,
    path("staff/", include(web.staff)),
    path("admin/", admin.site.urls),
]

handler400 = "feedback.web.errors.bad_request"
handler404 = "feedback.web.errors.not_found"
handler500 = "feedback.web.errors.server_error"
