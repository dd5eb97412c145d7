from django.urls import path

from conversations import views

app_name = "conversations"

urlpatterns = [
    path("conversations/", views.index, name="list"),
    path("conversations/new/", views.create, name="create"),
    path("conversations/<id:pk>/", views.detail, name="detail"),
    path("conversations/<id:pk>/post/", views.post, name="post"),
    path("conversations/<id:pk>/assign/", views.assign, name="assign"),
    path("conversations/<id:pk>/members/", views.members, name="members"),
    path("conversations/<id:pk>/close/", views.close, name="close"),
    path("conversations/<id:pk>/reopen/", views.reopen, name="reopen"),
]
