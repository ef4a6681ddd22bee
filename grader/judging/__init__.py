"""From a claim and the worlds to a finding: right, or wrong and why."""
