"""Standard statements of the field, recognised by their values in whatever letters a page writes them."""
