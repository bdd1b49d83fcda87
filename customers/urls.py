from django.urls import path

from customers.views import contacts, customers, duplicates

urlpatterns = [
    path("customers/", customers.customer_list, name="customer-list"),
    path("customers/new/", customers.customer_new, name="customer-new"),
    path("duplicates/<slug:kind>/", duplicates.duplicates, name="duplicates"),
    path("customers/<int:customer_id>/edit/", customers.customer_edit, name="customer-edit"),
    path("customers/<int:customer_id>/bin/", customers.customer_bin, name="customer-bin"),
    path(
        "customers/<int:customer_id>/restore/", customers.customer_restore, name="customer-restore"
    ),
    path("contacts/", contacts.contact_list, name="contact-list"),
    path("contacts/new/", contacts.contact_new, name="contact-new"),
    path("contacts/<int:contact_id>/edit/", contacts.contact_edit, name="contact-edit"),
    path("contacts/<int:contact_id>/bin/", contacts.contact_bin, name="contact-bin"),
    path("contacts/<int:contact_id>/restore/", contacts.contact_restore, name="contact-restore"),
]
