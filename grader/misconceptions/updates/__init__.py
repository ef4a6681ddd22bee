"""The update of weights and biases: its sign, its learning rate, and what it carries over."""
