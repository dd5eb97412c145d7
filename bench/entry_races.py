"""Races for an entry: save, edit, approve, export."""

from __future__ import annotations

import random

from bench.client import Answer, Shot
from bench.people import make_conversation
from bench.race import Race, expect, labelled
from billing.forms import EntryAsItStands
from billing.models import BillingEntry, ExportBatch
from tests.factories import BillingEntryFactory
from timers.models import Timer


def filled_in(entry: BillingEntry, **changes: object) -> dict[str, object]:
    """What the entry's form sends."""
    form = EntryAsItStands(entry)
    return form.values | {"seen": form.showing} | changes


def expect_one_edit(entry: BillingEntry, edited: list[Shot]) -> None:
    """The one that was told to be saved is what is kept."""
    expect("edits told to be saved", len(edited), 1)
    expect("what is kept", entry.description, dict(edited[0].fields)["description"])
    expect("version", (entry.version, entry.history.count()), (2, 2))


class Save(Race):
    """The entry of a stopped timer, from many tabs: by turns another text in each, and the same in all."""

    name = "save"
    allowed = frozenset({200, 409})

    def shots(self) -> list[Shot]:
        timer = self.running_timer(make_conversation(self.cast.automatic)).stop(self.stopped_at())
        assert timer.entry
        self.timer, address = timer, f"/timers/{timer.pk}/save/"
        tabs = 1 if self.turn % 2 else self.count
        saves = [(address, filled_in(timer.entry, description=f"Tab {tab}")) for tab in range(tabs)]
        return self.clicks(self.agent, *saves)

    def winners(self, shots: list[Shot], answers: list[Answer]) -> int:
        timer = Timer.objects.select_related("entry").get(pk=self.timer.pk)
        entry = timer.entry
        assert entry
        saved = [shot for shot, answer in zip(shots, answers, strict=True) if answer.status == 200]
        expect("state", (timer.state, entry.state), ("logged", "new"))
        if self.turn % 2:
            expect("tabs told that it is saved", len(saved), len(shots))
            saved = saved[:1]
        expect_one_edit(entry, saved)
        return len(saved)


class ApproveEdit(Race):
    """Managers approve the version that the agent saves a change of."""

    name = "approve + edit"
    allowed = frozenset({200, 409})

    def shots(self) -> list[Shot]:
        conversation = make_conversation(self.cast.automatic)
        self.entry = BillingEntryFactory(
            user=self.agent, conversation=conversation, by_hand=True, description="As it was"
        )
        half = self.count // 2
        page = f"/billing/{self.entry.pk}/"
        approve = f"{page}approve/", {"version": 1, "next": page}
        edits = [(page, filled_in(self.entry, description=f"Tab {tab}", billed="42m")) for tab in range(half)]
        approvals = [self.clicks(manager, approve)[: half // 2] for manager in self.cast.managers]
        edited = self.clicks(self.agent, *edits)[:half]
        shots = [*approvals[0], *approvals[1], *edited]
        random.Random(self.turn).shuffle(shots)
        return shots

    def winners(self, shots: list[Shot], answers: list[Answer]) -> int:
        entry = BillingEntry.objects.get(pk=self.entry.pk)
        approved = {answer.status for answer in labelled(shots, answers, "approve")}
        told = zip(shots, answers, strict=True)
        edited = [shot for shot, answer in told if shot.label != "approve" and answer.status == 200]
        if entry.state == "approved":
            expect("edits told to be saved", len(edited), 0)
            expect("as it was", (entry.description, entry.version), ("As it was", 2))
            return BillingEntry.history.filter(id=entry.pk, state="approved").count()
        expect("answers to approve", approved, {409})
        expect_one_edit(entry, edited)
        return len(edited)


class ApproveMany(Race):
    """Two managers approve overlapping selections, each in another order."""

    name = "bulk approve"
    allowed = frozenset({302})

    def shots(self) -> list[Shot]:
        conversation = make_conversation(self.cast.automatic)
        people = self.cast.agents[:4]
        self.entries = [
            BillingEntryFactory(user=people[n % len(people)], conversation=conversation, by_hand=True).pk
            for n in range(40)
        ]
        rng = random.Random(self.turn)
        self.chosen: set[int] = set()
        shots = []
        for number in range(self.count):
            manager = self.cast.managers[number % 2]
            session = self.cast.of(manager)[number // 2 % 2]
            chosen = rng.sample(self.entries, 8)
            self.chosen.update(chosen)
            fields = [("decision", "approve"), *(("entry", f"{pk}:1") for pk in chosen)]
            shots.append(Shot(session, manager.username, "/billing/review/decide/", fields, htmx=False))
        return shots

    def winners(self, shots: list[Shot], answers: list[Answer]) -> int:
        entries = BillingEntry.objects.filter(pk__in=self.chosen)
        expect("states", set(entries.values_list("state", "version")), {("approved", 2)})
        decided = BillingEntry.history.filter(id__in=self.chosen, state="approved").count()
        expect("approvals in the history", decided, len(self.chosen))
        return decided // len(self.chosen)


class Export(Race):
    """What is approved leaves in one batch."""

    name = "export"
    allowed = frozenset({302, 409})

    def shots(self) -> list[Shot]:
        workspace = self.cast.single
        conversation = make_conversation(workspace)
        self.before = ExportBatch.objects.filter(workspace=workspace).count()
        made = [
            BillingEntryFactory(user=self.agent, conversation=conversation, by_hand=True) for _ in range(30)
        ]
        self.entries = BillingEntry.objects.filter(pk__in=[entry.pk for entry in made])
        for entry in made:
            entry.approve(by=self.cast.managers[0], now=entry.created_at, version=1)
        export = "/billing/batches/export/", {"workspace": workspace.pk}
        first, second = (self.clicks(manager, export) for manager in self.cast.managers)
        return first[::2] + second[1::2]

    def winners(self, shots: list[Shot], answers: list[Answer]) -> int:
        batches = ExportBatch.objects.filter(workspace=self.cast.single).order_by("number")
        expect("numbers", [each.number for each in batches], list(range(1, self.before + 2)))
        batch = batches.last()
        found = set(self.entries.values_list("state", "batch", "version"))
        expect("batches of the entries", found, {("invoiced", batch and batch.pk, 3)})
        return sum(answer.status == 302 for answer in answers)


RACES: list[type[Race]] = [Save, ApproveEdit, ApproveMany, Export]
