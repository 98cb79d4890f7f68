"""The one door in: YAML with lines, models, bases, panels, shipped data."""
