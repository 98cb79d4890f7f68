"""The house itself: which room may know which, what is loaded when, how large a piece may be, what a wheel carries."""
