"""Words by which records are found."""

from django.db import models


class SearchTerm(models.Model):
    """One word of one record (a name's word, its transliteration, an e-mail, the end of a phone number).

    Written with the record by `customers.search`, the same on both databases; found by prefix.
    """

    term = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)
    record_id = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["kind", "term", "record_id"], name="search_by_term"),
            models.Index(fields=["kind", "record_id", "term"], name="search_of_record"),
        ]
