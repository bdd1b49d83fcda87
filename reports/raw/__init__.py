"""What makes up a row of evidence: the orders, touches, days, costs and changes behind its cents (ruling 29)."""
