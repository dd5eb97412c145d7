"""The pages of conversations. What a user may not see does not exist for them: 404."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from conversations import page
from conversations.forms import AssignForm, ConversationFilter, ConversationForm, MessageForm, members_called
from conversations.inbox import Inbox
from conversations.listing import Listing
from conversations.models import Conversation, ConversationClosed
from conversations.thread import Thread
from workspaces.models import User
from workspaces.parts import answer
from workspaces.requests import Request

#: So many are offered to be assigned to; more are found by name.
MOST_MEMBERS = 50


@require_safe
def index(request: Request) -> HttpResponse:
    """The conversations of the user's workspaces."""
    filters = ConversationFilter(request.GET, user=request.user)
    listing = Listing(filters, request.user)
    views = [(name, label, listing.counts.get(name)) for name, label in filters.VIEWS.items()]
    rows = listing.page(request.GET.get("page"))
    context = {"filters": filters, "views": views, "counts": listing.counts, "page": rows}
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
    return _page(request, pk)


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
                "items": [message],
            }
            return answer(request, "conversations/posted.html", context)
    except ConversationClosed:
        conversation.state, status = Conversation.State.CLOSED, 409
    if request.htmx:
        context = {"conversation": conversation, "form": form}
        part = "conversations/composer.html" if status == 422 else "conversations/closed.html"
        return answer(request, part, context, status)
    return _page(request, pk, status, form=form)


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
    return _page(request, pk, 422, assign_form=form)


@require_safe
def members(request: Request, pk: int) -> HttpResponse:
    """Whom it can be assigned to, called `q`: for htmx the inside of the menu, else a page."""
    conversation = _conversation(request, pk)
    text = request.GET.get("q", "")
    people = list(members_called(text, conversation.workspace)[: MOST_MEMBERS + 1])
    context = {
        "conversation": conversation,
        "members": people[:MOST_MEMBERS],
        "are_many": bool(text) or len(people) > MOST_MEMBERS,
        "text": text,
    }
    if request.htmx:
        return answer(request, "conversations/members.html", context)
    return render(request, "conversations/members.html", context)


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
    found = Conversation.objects.visible_to(request.user).select_related("customer", "assignee")
    return _with_settings(request, get_object_or_404(found, pk=pk))


def _with_settings(request: Request, conversation: Conversation) -> Conversation:
    conversation.workspace = request.user.known_workspaces[conversation.workspace_id]
    return conversation


def _page(request: Request, pk: int, status: int = 200, **forms: Any) -> HttpResponse:
    request.here = conversation = page.read(pk, request.user, timezone.now())
    context = {
        "conversation": conversation,
        "inbox": Inbox(request.user, beside=conversation),
        "thread": Thread(conversation, request.GET.get("before", "")),
        "form": MessageForm(),
        "assign_form": None,
        "this_month": conversation.billed,  # type: ignore[attr-defined]
    }
    return render(request, "conversations/detail.html", context | forms, status=status)
