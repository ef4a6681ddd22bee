"""The code on a page, read but never run: what its comments and its printed output claim."""
