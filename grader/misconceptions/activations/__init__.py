"""Activations and their slopes: taken for each other, half remembered, taken in the wrong place."""
