"""Under-samplers that choose the rows to keep by what a model or a clustering says of them."""
