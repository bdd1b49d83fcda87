"""Calls: logging one and what follows from it, drafts, putting an entry right, taking it back."""
