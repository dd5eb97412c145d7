"""How parts of an address are read. Importing this module makes `<id:pk>` known to every `path`."""

from django.urls import register_converter
from django.urls.converters import IntConverter


class IdConverter(IntConverter):
    """A primary key. More than 18 digits fit no database's column: the address then does not exist (404)."""

    regex = "[0-9]{1,18}"


register_converter(IdConverter, "id")
