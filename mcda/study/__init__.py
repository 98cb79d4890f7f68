"""One question, one file, one run: experiments, the plan of their blocks, the run, and the folder it leaves."""
