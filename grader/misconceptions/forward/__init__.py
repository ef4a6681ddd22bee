"""The way forward: the weighted input, its bias, and what the activation is applied to."""
