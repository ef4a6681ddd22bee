"""Grading a class: what was handed in, the journal of judgements, grades, report and feedback."""
