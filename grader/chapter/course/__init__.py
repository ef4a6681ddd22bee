"""The course behind a page: in which notation, and of which kind of network, its general formulas are true."""
