"""A chapter taken apart: chains of equations, names, values known up to rounding, tables and shapes."""
