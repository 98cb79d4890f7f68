"""Tables, figures and the memo; made from results alone."""
