"""The report of a run, short or full: one document, written as HTML, PDF and Word, from the run's results alone."""
