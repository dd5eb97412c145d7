from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TimersConfig(AppConfig):
    name = "timers"
    verbose_name = _("Timers")

    def ready(self) -> None:
        from billing.models import BillingEntry
        from timers.models import Timer

        BillingEntry.when_settled.append(Timer.close_settled)
