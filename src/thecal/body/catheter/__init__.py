"""From the pump to the catheter tip: what is delivered, the dead volume, blurring, and faults on the way."""
