"""The ledger as a person sees it: the losses page, its charts, and the same by mail."""
