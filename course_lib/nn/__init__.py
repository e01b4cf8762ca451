"""The network by hand: every operation as loops and as layers, losses, optimisation, training.

Read it in this order: loops, layers, losses, networks, optim, training, gradcheck. Importing one of
them imports no more than it needs: `course_lib.nn.layers` needs NumPy alone.
"""
