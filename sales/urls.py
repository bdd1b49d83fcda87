from django.urls import path

from sales.views import calls, customer_page, today

urlpatterns = [
    path("today/", today.today, name="today"),
    path("customers/<int:customer_id>/", customer_page.customer_detail, name="customer-detail"),
    path("customers/<int:customer_id>/notes/", calls.note_new, name="note-new"),
    path("calls/", calls.activity_list, name="activity-list"),
    path("calls/new/", calls.call_new, name="call-new"),
    path("calls/<int:activity_id>/undo/", calls.call_undo, name="call-undo"),
]
