"""The rules of differentiation: a factor or a path left out, taken twice, or added where it is multiplied."""
