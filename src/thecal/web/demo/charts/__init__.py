"""Charts on screens: curves for the browser to draw, and pictures that the server draws."""
