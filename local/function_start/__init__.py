"""What every function of the local cloud imports before its own code."""
