"""Leads: who gets them, how soon they are answered, how they end; campaigns that bring them."""
