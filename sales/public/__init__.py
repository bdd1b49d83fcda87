"""Public forms: what strangers send by them, and what is kept aside."""
