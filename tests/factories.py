"""One factory per model. What they make is valid, and belongs together: one workspace per object graph."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from django.utils import timezone
from factory.declarations import LazyAttribute, LazyFunction, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from billing.models import BillingEntry, BillingType, ExportBatch
from conversations.models import Conversation, Customer, Message
from timers.models import Interval, Timer
from workspaces.models import Membership, User, Workspace

Model = TypeVar("Model")
MADE_BY_THE_RULE = ("calculated_seconds", "billed_seconds", "rate", "currency", "amount", "explanation")


class ModelFactory(DjangoModelFactory[Model]):
    """Says that calling a factory makes an object of its model."""

    if TYPE_CHECKING:

        def __new__(cls, *args: Any, **fields: Any) -> Model: ...  # type: ignore[misc]


class UserFactory(ModelFactory[User]):
    class Meta:
        model = User

    username = Sequence("user{}".format)
    first_name = "Robin"
    last_name = Sequence("Member{}".format)
    password = "password"

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **fields: Any) -> User:
        return model_class.objects.create_user(**fields)


class WorkspaceFactory(ModelFactory[Workspace]):
    class Meta:
        model = Workspace

    name = Sequence("Workspace {}".format)
    time_zone = "Europe/Berlin"


class MembershipFactory(ModelFactory[Membership]):
    class Meta:
        model = Membership

    workspace = SubFactory(WorkspaceFactory)
    user = SubFactory(UserFactory)


class BillingTypeFactory(ModelFactory[BillingType]):
    """120.00 per hour, up to 15 minutes."""

    class Meta:
        model = BillingType

    workspace = SubFactory(WorkspaceFactory)
    name = Sequence("Rule {}".format)
    rate = 12000


class CustomerFactory(ModelFactory[Customer]):
    class Meta:
        model = Customer

    workspace = SubFactory(WorkspaceFactory)
    name = Sequence("Customer {}".format)


class ConversationFactory(ModelFactory[Conversation]):
    class Meta:
        model = Conversation

    customer = SubFactory(CustomerFactory)
    workspace = SelfAttribute("customer.workspace")
    subject = Sequence("Subject {}".format)


class MessageFactory(ModelFactory[Message]):
    class Meta:
        model = Message

    conversation = SubFactory(ConversationFactory)
    workspace = SelfAttribute("conversation.workspace")
    author_name = "Henrike Lührs-Petersen"
    kind = Message.Kind.INCOMING
    body = "Could somebody look at it?"


class ExportBatchFactory(ModelFactory[ExportBatch]):
    class Meta:
        model = ExportBatch

    workspace = SubFactory(WorkspaceFactory)
    number = Sequence(lambda number: number + 1)
    created_by = SubFactory(UserFactory)


class BillingEntryFactory(ModelFactory[BillingEntry]):
    """A New entry, prepared `now` from raw seconds for `day`; what the rule made of them can be overruled."""

    class Meta:
        model = BillingEntry

    conversation = SubFactory(ConversationFactory)
    user = SubFactory(UserFactory)
    billing_type = LazyAttribute(lambda entry: entry.conversation.effective_billing_type)
    raw_seconds = 3133
    now = LazyFunction(timezone.now)
    day = LazyAttribute(lambda entry: entry.conversation.workspace.local_date(entry.now))

    @classmethod
    def _create(cls, model_class: type[BillingEntry], *args: Any, **fields: Any) -> BillingEntry:
        state = fields.get("state")
        if state == "invoiced" and "batch" not in fields:
            fields["batch"] = ExportBatchFactory(workspace=fields["conversation"].workspace)
        if state in model_class.DECIDED:
            fields = {"reviewed_by": UserFactory(), "reviewed_at": fields["now"]} | fields
        if fields.get("overlap_seconds"):
            fields = {"overlap_with": fields["conversation"]} | fields
        if state == "returned":
            fields = {"return_comment": "Please check."} | fields
        overruled = {name: fields.pop(name) for name in MADE_BY_THE_RULE if name in fields}
        if overruled:
            # Figures change while the entry is New.
            overruled |= {name: fields.pop(name) for name in ("state", "batch") if name in fields}
        entry = model_class.objects.prepare(**fields)
        if overruled:
            model_class.objects.filter(pk=entry.pk).update(**overruled)
            entry.refresh_from_db()
        return entry


class TimerFactory(ModelFactory[Timer]):
    """A running timer; with `state="stopped"`, one that ran for `ran` seconds. Logged needs an `entry`."""

    class Meta:
        model = Timer

    conversation = SubFactory(ConversationFactory)
    workspace = SelfAttribute("conversation.workspace")
    user = SubFactory(UserFactory)
    billing_type = LazyAttribute(lambda timer: timer.conversation.effective_billing_type)
    state = Timer.State.RUNNING
    running_since = LazyAttribute(
        lambda timer: timezone.now() if timer.state == Timer.State.RUNNING else None
    )
    created_at = LazyAttribute(lambda timer: timer.running_since or timezone.now())
    #: The length of its one interval; 0 makes none.
    ran = LazyAttribute(lambda timer: 0 if timer.state == Timer.State.RUNNING else 3133)

    @classmethod
    def _create(cls, model_class: type[Timer], *args: Any, ran: float, **fields: Any) -> Timer:
        became = {name: fields[name] for name in ("state", "entry") if fields.get("entry")}
        if became and not fields["running_since"]:
            # With its entry it would take no interval any more.
            fields |= {"state": Timer.State.CANCELED, "entry": None}
        timer = super()._create(model_class, *args, **fields)
        if ran:
            IntervalFactory(timer=timer, seconds=ran)
        for name, value in became.items():
            setattr(timer, name, value)
        timer.save(update_fields=became)
        return timer


class IntervalFactory(ModelFactory[Interval]):
    """Lasts `seconds`, up to now unless `stopped_at` is given."""

    class Meta:
        model = Interval

    class Params:
        seconds = 3133

    timer = SubFactory(TimerFactory, state=Timer.State.STOPPED, ran=0)
    workspace = SelfAttribute("timer.workspace")
    stopped_at = LazyFunction(timezone.now)
    started_at = LazyAttribute(lambda run: run.stopped_at - timedelta(seconds=run.seconds))
