"""For teachers: what grades the copies that students hand in, with nbgrader."""
