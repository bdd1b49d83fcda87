"""What `manage.py` does before Django can be imported: the standard library alone."""
