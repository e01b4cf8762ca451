"""The teacher's side: grading the copies that students hand in, with nbgrader."""
