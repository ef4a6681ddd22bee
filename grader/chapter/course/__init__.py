"""The course behind a page: the notation and the kinds of network in which its formulas are true."""
