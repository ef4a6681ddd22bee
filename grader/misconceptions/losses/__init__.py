"""The loss and its slope: signs, factors, means, and what is compared with what."""
