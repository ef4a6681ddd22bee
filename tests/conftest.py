"""What holds for all tests."""

import os

from hypothesis import settings

# A gate must not close by chance: every run tries the same cases. DELTAGRADE_EXPLORE=1 tries new ones.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("new", deadline=None)
settings.load_profile("new" if os.environ.get("DELTAGRADE_EXPLORE") else "same")
