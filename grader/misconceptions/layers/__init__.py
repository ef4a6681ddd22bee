"""The wrong layer: a quantity of the layer before or behind stands where one of this layer belongs."""
