"""What student mathematics means: names settled by a notation, products and sums by the shapes that fit.

From a tree to an expression with shapes there are two steps:

    names       trees become `terms`: a `vocabulary` says which name is a quantity, such as that of a
                network (`network_vocabulary`), with `scripts`, `layers`, `kinds` and `habits`
    lowering    terms become expressions: a `frame` gives the sizes by which `products`, `sums`,
                `entries` and `derivatives` are settled, in one of several plans
"""
