"""The network by hand: every operation as loops and as layers, losses, optimisation, training.

Read the modules in this order: loops, layers, losses, networks, optim, training, gradcheck. Each
imports only what it needs: `course_lib.nn.layers` needs nothing but NumPy.
"""
