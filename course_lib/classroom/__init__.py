"""The teacher's side: grading students' submissions with nbgrader."""
