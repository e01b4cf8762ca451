"""What `python -m course_lib` can do: a module for each command, its options and its work."""
