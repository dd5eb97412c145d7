from django.urls import path

from timers import views

app_name = "timers"

urlpatterns = [
    path("timers/", views.timer_list, name="list"),
    path("timers/status/", views.status, name="status"),
    path("palette/", views.palette, name="palette"),
    path("shortcuts/", views.shortcuts, name="shortcuts"),
    path("conversations/<id:pk>/timer/start/", views.start_on, name="start_on"),
    path("timers/<id:pk>/start/", views.start, name="start"),
    path("timers/<id:pk>/stop/", views.stop, name="stop"),
    path("timers/<id:pk>/cancel/", views.cancel, name="cancel"),
    path("timers/<id:pk>/restore/", views.restore, name="restore"),
    path("timers/<id:pk>/convert/", views.convert, name="convert"),
    path("timers/<id:pk>/save/", views.save, name="save"),
    path("timers/<id:pk>/note/", views.note, name="note"),
]
