"""The learner's side: the ballot, checks of what the learner writes, and help when a cell fails."""
