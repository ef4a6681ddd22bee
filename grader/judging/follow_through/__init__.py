"""Follow-through: what is right given a student's own wrong answers to earlier parts keeps its marks."""
