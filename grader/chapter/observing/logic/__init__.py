"""Neurons as logic gates: what is said of AND, OR and XOR, of neurons that compute them, and truth tables."""
