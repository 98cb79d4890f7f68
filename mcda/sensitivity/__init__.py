"""Closed moments and the algebra on them; knows no tiers."""
