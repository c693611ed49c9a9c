"""Look into the body: what-ifs of the model, drawn on the server, so that they need no script."""
