"""FERC after Mehendale (2020), an interpretation: what the study quotes of it, filled in where it is silent.

N. Mehendale, Facial emotion recognition using convolutional neural networks (FERC), SN Applied Sciences 2, 446,
https://doi.org/10.1007/s42452-020-2234-1; read here as sections 2 and 6 of the study quote it. From there: skin colour
in YCbCr and circles in a circle take the background away; parts of the face, found by 3x3 filters, give 24 distances;
a perceptron of one layer tells five expressions apart. Ours is every number in these modules and which distances they
are. Also ours: the eyes, nose and corners of the mouth come from MTCNN's last network instead of his four layers, whose
weights are not published.
"""
