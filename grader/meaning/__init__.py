"""What student mathematics means: names settled by a notation, products and sums by the shapes that fit.

From a tree to an expression with shapes there are two steps:

    names       trees to `terms`: which name is a quantity. A `vocabulary` says so, such as that of a network in
                a notation (`network_vocabulary`), with `scripts`, `layers`, `kinds` and `habits`
    lowering    terms to expressions: a `frame` gives the sizes, by which `products`, `sums`, `entries` and
                `derivatives` are settled, in one of several plans; what fits no plan means nothing
"""
