"""Slips of calculation: the wrong logarithm, degrees for radians, rounding too early."""
