"""What student mathematics means: names settled by a notation, products and sums by the shapes that fit."""
