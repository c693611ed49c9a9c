"""The people: the numbers of the model, groups, children, conditions, and patients drawn from them."""
