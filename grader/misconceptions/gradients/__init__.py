"""The gradients of weights and biases: what δ is multiplied by, and what is added up."""
