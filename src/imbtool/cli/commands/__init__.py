"""One module a command; none imports another, none imports anything heavy before it runs."""
