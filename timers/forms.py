from django import forms

from timers.models import Timer


class NoteForm(forms.Form):
    """The note on a timer."""

    note = forms.CharField(
        max_length=Timer._meta.get_field("note").max_length,
        required=False,
        widget=forms.Textarea(attrs={"class": "input", "rows": 2}),
    )
