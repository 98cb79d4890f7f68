"""What beliefs and rules say of tiers: exact probabilities, indices, second panels, flips, calibration."""
