"""Steps, scenarios, policies, the month and its outcomes: the simulation of escalation and snapback."""
