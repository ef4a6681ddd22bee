"""Derivations: every line is a claim, and together they have to arrive at what is asked."""
