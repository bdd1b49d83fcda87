"""The fitted models: how likely customers are to buy again (BG/NBD), and how much (gamma-gamma)."""
