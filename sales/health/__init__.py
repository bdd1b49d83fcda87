"""How well a customer stands, 0 to 100, from dated facts alone (docs/decisions/0018)."""
