from django.apps import AppConfig


class TimersConfig(AppConfig):
    name = "timers"

    def ready(self) -> None:
        from billing.models import BillingEntry
        from timers.models import Timer

        BillingEntry.when_settled.append(Timer.close_settled)
