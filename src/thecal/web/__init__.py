"""The doors: thin pages over the clinic's services and queries; no door knows another."""
