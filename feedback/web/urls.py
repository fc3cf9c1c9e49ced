"""Every address of the web; ``docs/house.md`` lists what other programs may rely on."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path, re_path

from feedback.web import (
    acting,
    authoring,
    bulk,
    downloads,
    health,
    pictures,
    receipt,
    reports,
    review,
    saving,
    tags,
    views,
)
from feedback.web import public as pages

public = [
    path("", pages.home, name="home"),
    path("s/<slug:slug>/", pages.answer, name="answer"),
    path("s/<slug:slug>/check/", pages.check, name="check"),
    path("s/<slug:slug>/save/", saving.save, name="save"),
    path("s/<slug:slug>/resume/<str:code>/", saving.resume, name="resume"),
    path("r/<str:code>/", receipt.receipt, name="receipt"),
    path("r/<str:code>/edit/", receipt.edit, name="edit"),
    path("r/<str:code>/withdraw/", receipt.withdraw, name="withdraw"),
    path("r/<str:code>/download.json", receipt.download, name="download"),
    re_path(r"^pictures/(?P<name>[0-9a-f]{64}\.[a-z]{3,4})$", pictures.picture, name="picture"),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
]

staff = [
    path(
        "login/",
        LoginView.as_view(template_name="review/login.html", redirect_authenticated_user=True),
        name="login",
    ),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("", review.surveys, name="surveys"),
    path("<slug:slug>/", review.overview, name="overview"),
    path("<slug:slug>/settings/", authoring.settings, name="settings"),
    path("<slug:slug>/preview/", authoring.preview, name="preview"),
    path("<slug:slug>/responses/", review.listing, name="responses"),
    path("<slug:slug>/responses/all/", bulk.start, name="bulk_start"),
    path("<slug:slug>/bulk/", bulk.acts, name="bulks"),
    path("<slug:slug>/bulk/<int:pk>/", bulk.progress, name="bulk"),
    path("<slug:slug>/bulk/<int:pk>/change/", bulk.change, name="bulk_change"),
    path("<slug:slug>/tags/", tags.listing, name="tags"),
    path("<slug:slug>/tags/add/", tags.add, name="tag_add"),
    path("<slug:slug>/tags/<int:pk>/", tags.change, name="tag_change"),
    path("<slug:slug>/tags/<int:pk>/merge/", tags.merge, name="tag_merge"),
    path("<slug:slug>/tags/<int:pk>/delete/", tags.delete, name="tag_delete"),
    path("<slug:slug>/views/", views.listing, name="views"),
    path("<slug:slug>/views/save/", views.save, name="view_save"),
    path("<slug:slug>/views/<int:pk>/", views.change, name="view_change"),
    path("<slug:slug>/responses/<int:pk>/", review.response, name="response"),
    path("<slug:slug>/responses/<int:pk>/act/", acting.act, name="act"),
    path("<slug:slug>/responses/<int:pk>/personal/", review.personal, name="personal"),
    path("<slug:slug>/summary/", reports.summary, name="summary"),
    path("<slug:slug>/summary.json", reports.summary_json, name="summary_json"),
    path("<slug:slug>/export/", downloads.export, name="export"),
    path("<slug:slug>/export.csv", downloads.export_csv, name="export_csv"),
    path("<slug:slug>/codebook.csv", downloads.codebook_csv, name="codebook_csv"),
]
