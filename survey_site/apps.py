from django.apps import AppConfig
from django.core.checks import Tags, register

from survey_site.guards import check_servers


class SiteConfig(AppConfig):
    name = "survey_site"

    def ready(self) -> None:
        register(check_servers, Tags.database)
