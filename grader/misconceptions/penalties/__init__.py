"""The penalty on the weights: forgotten, wrong by a sign or factor, or put where it does not belong."""
