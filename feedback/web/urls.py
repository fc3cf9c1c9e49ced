"""Every address of the web; ``docs/house.md`` lists what other programs may rely on."""

from django.urls import path, re_path

from feedback.web import (
    acting,
    audit,
    authoring,
    downloads,
    health,
    joining,
    listing,
    members,
    pictures,
    quarantine,
    reading,
    receipt,
    reports,
    review,
    saving,
)
from feedback.web import public as pages
from feedback.web.account_urls import accounts

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
    *accounts,
    path("", review.surveys, name="surveys"),
    path("<slug:slug>/", review.overview, name="overview"),
    path("join/<str:code>/", joining.join, name="join"),
    path("<slug:slug>/members/", members.people, name="members"),
    path("<slug:slug>/members/<int:pk>/", members.member, name="member"),
    path("<slug:slug>/members/<int:pk>/remove/", members.remove_member, name="remove_member"),
    path("<slug:slug>/members/invites/<int:pk>/", members.withdraw_invite, name="withdraw_invite"),
    path("<slug:slug>/settings/", authoring.settings, name="settings"),
    path("<slug:slug>/preview/", authoring.preview, name="preview"),
    path("<slug:slug>/responses/", listing.listing, name="responses"),
    path("<slug:slug>/responses/columns/", listing.columns, name="columns"),
    path("<slug:slug>/responses/<int:pk>/", reading.response, name="response"),
    path("<slug:slug>/responses/<int:pk>/act/", acting.act, name="act"),
    path("<slug:slug>/responses/<int:pk>/personal/", reading.personal, name="personal"),
    path("<slug:slug>/begun/", listing.begun, name="begun"),
    path("<slug:slug>/withdrawn/", listing.withdrawn, name="withdrawn"),
    path("<slug:slug>/screened/", quarantine.quarantine, name="quarantine"),
    path("<slug:slug>/screened/decide/", quarantine.decide, name="decide"),
    path("<slug:slug>/audit/", audit.log, name="audit"),
    path("<slug:slug>/summary/", reports.summary, name="summary"),
    path("<slug:slug>/summary.json", reports.summary_json, name="summary_json"),
    path("<slug:slug>/export/", downloads.export, name="export"),
    path("<slug:slug>/export.csv", downloads.export_csv, name="export_csv"),
    path("<slug:slug>/codebook.csv", downloads.codebook_csv, name="codebook_csv"),
]
