from django.urls import path

from customers.views import answers, complaints, contacts, contracts, customers, duplicates, twins

urlpatterns = [
    path("customers/", customers.customer_list, name="customer-list"),
    path("customers/new/", customers.customer_new, name="customer-new"),
    path("duplicates/<slug:kind>/", duplicates.duplicates, name="duplicates"),
    path("customers/<int:customer_id>/edit/", customers.customer_edit, name="customer-edit"),
    path("customers/<int:customer_id>/bin/", customers.customer_bin, name="customer-bin"),
    path(
        "customers/<int:customer_id>/restore/", customers.customer_restore, name="customer-restore"
    ),
    path("customers/twins/", twins.twin_list, name="twin-list"),
    path("customers/twins/<int:pair_id>/dismiss/", twins.twin_dismiss, name="twin-dismiss"),
    path("customers/twins/<int:pair_id>/restore/", twins.twin_restore, name="twin-restore"),
    path("customers/<int:customer_id>/contracts/new/", contracts.contract_new, name="contract-new"),
    path("contracts/<int:contract_id>/end/", contracts.contract_end, name="contract-end"),
    path("contracts/<int:contract_id>/reopen/", contracts.contract_reopen, name="contract-reopen"),
    path("contracts/<int:contract_id>/delete/", contracts.contract_delete, name="contract-delete"),
    path(
        "contracts/<int:contract_id>/restore/", contracts.contract_restore, name="contract-restore"
    ),
    path("customers/<int:customer_id>/answers/new/", answers.answer_new, name="answer-new"),
    path("answers/<int:answer_id>/delete/", answers.answer_delete, name="answer-delete"),
    path("answers/<int:answer_id>/restore/", answers.answer_restore, name="answer-restore"),
    path(
        "customers/<int:customer_id>/complaints/new/",
        complaints.complaint_new,
        name="complaint-new",
    ),
    path(
        "complaints/<int:complaint_id>/settle/",
        complaints.complaint_settle,
        name="complaint-settle",
    ),
    path(
        "complaints/<int:complaint_id>/reopen/",
        complaints.complaint_reopen,
        name="complaint-reopen",
    ),
    path(
        "complaints/<int:complaint_id>/delete/",
        complaints.complaint_delete,
        name="complaint-delete",
    ),
    path(
        "complaints/<int:complaint_id>/restore/",
        complaints.complaint_restore,
        name="complaint-restore",
    ),
    path("contacts/<int:contact_id>/main/", contacts.contact_main, name="contact-main"),
    path("contacts/", contacts.contact_list, name="contact-list"),
    path("contacts/new/", contacts.contact_new, name="contact-new"),
    path("contacts/<int:contact_id>/edit/", contacts.contact_edit, name="contact-edit"),
    path("contacts/<int:contact_id>/bin/", contacts.contact_bin, name="contact-bin"),
    path("contacts/<int:contact_id>/restore/", contacts.contact_restore, name="contact-restore"),
]
