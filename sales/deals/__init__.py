"""Deals: their pipelines and stages, prices, the board."""
