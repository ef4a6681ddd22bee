"""Products of matrices: transposes, the order of factors, indices, brackets, and which product is meant."""
