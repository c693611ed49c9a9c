"""Ways from a wand to a pump. Each is imported by its own name; ``thecal.programmer`` brings none along."""
