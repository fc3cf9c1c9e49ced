"""Every address. The public ones are answered before sessions: see ``web/public_door.py``."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from feedback.web import urls as web

# Else limits and second factors would end at the admin's own sign-in page.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    *web.public,
    path("staff/", include(web.staff)),
    path("api/", include("feedback.api.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "feedback.web.errors.bad_request"
handler404 = "feedback.web.errors.not_found"
handler429 = "feedback.web.limits.too_many"
handler500 = "feedback.web.errors.server_error"
