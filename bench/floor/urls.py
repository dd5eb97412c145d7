from django.urls import path

from bench.floor import views

urlpatterns = [
    path("healthz/", views.healthz),
    path("poll/", views.poll),
    path("insert/", views.insert),
    path("rows/<int:count>/", views.rows),
    path("row/<int:pk>/", views.row, name="row"),
    path("row/<int:pk>/update/", views.update),
]
