"""The commands of `python -m course_lib`: one module each, with its options and its work."""
