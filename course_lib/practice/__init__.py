"""The learner's side: the ballot, checks of the learner's code, and help when a cell fails."""
