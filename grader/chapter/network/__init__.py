"""The network that a page implies by its formulas and numbers, and what it says of every number printed."""
