"""What shows that an answer is wrong where no misconception says why: where to look, a counterexample."""
