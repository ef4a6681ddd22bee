"""Sample points in which every quantity has its true value, and twins that believe one misconception."""
