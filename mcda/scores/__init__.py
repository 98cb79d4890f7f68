"""What is believed of scores: marginals, panels, pools, priors, joint beliefs."""
