"""Addresses of billing entries and of their review."""

from django.urls import path

from billing.views import batches, entries, history, review, statement

app_name = "billing"

entry_urls = [
    path("billing/", entries.index, name="entries"),
    path("billing/new/", entries.new, name="new"),
    path("billing/<id:pk>/", entries.entry, name="entry"),
    path("billing/<id:pk>/calculate/", entries.calculate, name="calculate"),
    path("billing/<id:pk>/discard/", entries.discard, name="discard"),
    path("billing/<id:pk>/reinstate/", entries.reinstate, name="reinstate"),
]

review_urls = [
    path("billing/review/", review.review, name="review"),
    path("billing/review/decide/", review.decide, name="review_many"),
    path("billing/review/unflagged/", review.approve_unflagged, name="approve_unflagged"),
    path("billing/review/undo/", review.undo, name="undo"),
    path("billing/<id:pk>/detail/", review.detail, name="detail"),
    path("billing/<id:pk>/approve/", review.approve, name="approve"),
    path("billing/<id:pk>/return/", review.return_, name="return"),
    path("billing/history/", history.history, name="history"),
    path("billing/statement/", statement.statement, name="statement"),
    path("billing/batches/", batches.batches, name="batches"),
    path("billing/batches/export/", batches.export, name="export"),
    path("billing/batches/<id:pk>/csv/", batches.download, {"form": "csv"}, name="batch_csv"),
    path("billing/batches/<id:pk>/xlsx/", batches.download, {"form": "xlsx"}, name="batch_xlsx"),
    path("billing/batches/<id:pk>/reverse/", batches.reverse, name="batch_reverse"),
]

urlpatterns = entry_urls + review_urls
