"""When the demo's deeds were done, in a workspace's time zone and counted back from now."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from timers.demo import records
from workspaces.durations import parse_duration

SATURDAY = 5
EVENING = "18:05"


class Calendar:
    """Moments in a workspace's time zone, counted back from now."""

    def __init__(self, zone: ZoneInfo, now: datetime) -> None:
        self.zone = zone
        self.now = now

    def day(self, days_ago: int) -> date:
        """That many working days back. Today itself may be a Sunday."""
        day = self.now.astimezone(self.zone).date()
        while days_ago:
            day -= timedelta(days=1)
            days_ago -= day.weekday() < SATURDAY
        return day

    def at(self, day: date, clock: str) -> datetime:
        local = datetime.combine(day, time(), self.zone) + span(clock)
        return local.astimezone(UTC)

    def moment(self, days_ago: int, clock: str, minutes_ago: int | None) -> datetime:
        if minutes_ago is not None:
            return self.now - timedelta(minutes=minutes_ago)
        return self.at(self.day(days_ago), clock)

    def sent(self, message: records.Message) -> datetime:
        return self.moment(message.days_ago, message.at, message.minutes_ago)

    def first_sent(self, conversation: records.Conversation) -> datetime:
        return self.sent(conversation.messages[0])

    def began(self, work: records.Work) -> datetime:
        """When the timer was started, or when somebody wrote the work down in the evening of its day."""
        return self.at(self.day(work.days_ago), EVENING) if work.by_hand else self.spans(work)[0][0]

    def ended(self, work: records.Work) -> datetime | None:
        return self.began(work) if work.by_hand else self.spans(work)[-1][1]

    def spans(self, work: records.Work) -> list[tuple[datetime, datetime | None]]:
        """When the work's intervals began and ended; the last may still run."""
        start = self.moment(work.days_ago, work.start, work.minutes_ago)
        return [
            (start + span(offset), start + span(offset) + span(duration) if duration else None)
            for offset, duration in work.intervals
        ]


def span(text: str) -> timedelta:
    return timedelta(seconds=parse_duration(text))
