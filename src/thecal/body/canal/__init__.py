"""The spinal canal: where vertebrae lie, the grid of fluid and cord, how drug passes between its cells."""
