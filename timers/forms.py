from django import forms

from timers.models import Timer
from workspaces.fields import PlainTextField


class NoteForm(forms.Form):
    """The note on a timer."""

    note = PlainTextField(max_length=Timer._meta.get_field("note").max_length, required=False)
