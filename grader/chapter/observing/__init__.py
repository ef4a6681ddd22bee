"""What a page says in its words and its layout, judged by what stands around it."""
