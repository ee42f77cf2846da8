"""Makes a checkout ready to use, with the standard library alone: nothing is installed yet when it runs."""
