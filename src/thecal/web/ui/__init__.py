"""What every door shares: the frame of a page, its look, and the front-end files we carry."""
