"""What follows from outcomes for a choice: regret, robustness, domination; reads tables alone."""
