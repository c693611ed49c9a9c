"""What the desk's templates need of a proposal."""
