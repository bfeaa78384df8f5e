"""MediaConvert: what it is asked, and what its answers and events mean."""
