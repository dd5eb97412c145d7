"""One table."""

from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone


class Row(models.Model):
    """What a user has many of."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE)
    subject = models.CharField(max_length=200)
    person = models.CharField(max_length=100)
    state = models.CharField(max_length=10, default="new")
    seconds = models.IntegerField(default=0)
    changed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.subject
