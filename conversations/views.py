"""The pages of conversations. What a user may not see does not exist for them: 404."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from conversations.forms import AssignForm, ConversationFilter, ConversationForm, MessageForm
from conversations.models import Conversation, ConversationClosed, Message
from workspaces.models import User
from workspaces.requests import Request

PER_PAGE = 30


@require_safe
def index(request: Request) -> HttpResponse:
    """The conversations of the user's workspaces."""
    filters = ConversationFilter(request.GET, user=request.user)
    counts = filters.found().count_by_view(request.user)
    views = [(name, label, counts[name]) for name, label in filters.VIEWS.items()]
    page = Paginator(filters.rows(), PER_PAGE).get_page(request.GET.get("page"))
    context = {"filters": filters, "views": views, "counts": counts, "page": page}
    return render(request, "conversations/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: Request) -> HttpResponse:
    """The form of a new conversation, and its making."""
    form = ConversationForm(
        request.POST if request.method == "POST" else None,
        user=request.user,
        initial={"customer": request.GET.get("customer")},
    )
    if form.is_valid():
        return redirect(form.save(by=request.user, now=timezone.now()))
    return render(request, "conversations/new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
def detail(request: Request, pk: int) -> HttpResponse:
    """The inbox, the thread, and the sidebar with the time and the customer."""
    return _page(request, _conversation(request, pk))


@require_POST
def post(request: Request, pk: int) -> HttpResponse:
    """Add a reply or an internal note. A closed conversation takes none: 409."""
    conversation = _conversation(request, pk)
    form = MessageForm(request.POST)
    status = 422
    try:
        if form.is_valid():
            message = form.save(conversation, by=request.user, now=timezone.now())
            if not request.htmx:
                return redirect(f"{conversation.get_absolute_url()}#latest")
            context = {
                "conversation": conversation,
                "form": MessageForm(initial={"kind": message.kind}),
                "item": message,
            }
            return render(request, "conversations/_posted.html", context)
    except ConversationClosed:
        conversation.state, status = Conversation.State.CLOSED, 409
    if request.htmx:
        context = {"conversation": conversation, "here": conversation, "form": form}
        part = "conversations/_composer.html" if status == 422 else "conversations/_closed.html"
        return render(request, part, context, status=status)
    return _page(request, conversation, status, form=form)


@require_POST
def assign(request: Request, pk: int) -> HttpResponse:
    """Make `user` responsible, or nobody where it is empty. An address that undoes it names them itself."""
    conversation = _conversation(request, pk)
    before = conversation.assignee
    sent = request.POST if "user" in request.POST else request.GET
    form = AssignForm(sent, workspace=conversation.workspace)
    if form.is_valid():
        try:
            conversation.assign(to=form.cleaned_data["user"], by=request.user, now=timezone.now())
            _tell_assigned(request, conversation, before)
            return redirect(conversation)
        except ValidationError as error:
            form.add_error("user", error)
    return _page(request, conversation, 422, assign_form=form)


def _tell_assigned(request: Request, conversation: Conversation, before: User | None) -> None:
    assignee = conversation.assignee
    if assignee == before:
        return
    told = _("Assigned to %(name)s.") % {"name": assignee.display_name} if assignee else _("Unassigned now.")
    query = {"user": before.pk if before else ""}
    undo = reverse("conversations:assign", args=[conversation.pk], query=query)
    messages.success(request, told, extra_tags=undo)


@require_POST
def close(request: Request, pk: int) -> HttpResponse:
    conversation = _conversation(request, pk)
    conversation.close(by=request.user, now=timezone.now())
    messages.success(request, _("Closed."), extra_tags=reverse("conversations:reopen", args=[pk]))
    return redirect(conversation)


@require_POST
def reopen(request: Request, pk: int) -> HttpResponse:
    conversation = _conversation(request, pk)
    conversation.reopen(by=request.user, now=timezone.now())
    return redirect(conversation)


def _conversation(request: Request, pk: int) -> Conversation:
    visible = Conversation.objects.visible_to(request.user).with_rules().select_related("assignee")
    written = Prefetch("messages", Message.objects.select_related("author"))
    return get_object_or_404(visible.prefetch_related(written), pk=pk)


def _page(request: Request, conversation: Conversation, status: int = 200, **forms: Any) -> HttpResponse:
    mine = Conversation.objects.visible_to(request.user).open().filter(assignee=request.user)
    inbox = list(mine.select_related("workspace", "customer")[:PER_PAGE])
    if conversation not in inbox:
        inbox.insert(0, conversation)
    customer, workspace = conversation.customer, conversation.workspace
    context = {
        "conversation": conversation,
        "here": conversation,
        "inbox": inbox,
        "inbox_count": mine.count(),
        "form": MessageForm(),
        "assign_form": AssignForm(workspace=workspace),
        "this_month": customer.billed_in_month(workspace.local_date(timezone.now())),
        "open_count": customer.conversations.open().count(),
    }
    return render(request, "conversations/detail.html", context | forms, status=status)
