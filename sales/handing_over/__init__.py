"""Hand-overs as documents: planned, distributed, checked, done in one transaction, taken back (docs/decisions/0019).

`drafting` keeps the draft, `planning` lays it over what is there, `distributing` chooses heirs, `changes` says what
happened since, `applying` and `undoing` do and take back, `due` does what was scheduled.
"""
