"""The heights at which antennas hang: masts are built in these classes."""

HEIGHT_CLASSES_M = (6.0, 15.0, 30.0, 45.0)
