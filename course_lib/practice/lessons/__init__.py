"""The course's own code for the exercises of each lesson, with hints and a word on it."""
