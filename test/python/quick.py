# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""What tests of quick plugins share."""

import pytest
import tenon as trt
from tenon import plugin as trtp
from tenon.plugin import _registry


@pytest.fixture(autouse=True)
def clean():
    """Definitions of namespace `quick` last for one test."""
    yield
    for plugin_id in [p for p in _registry.QDP_REGISTRY if p.startswith("quick::")]:
        del _registry.QDP_REGISTRY[plugin_id]
        creator = _registry.QDP_CREATORS.pop(plugin_id, None)
        if creator is not None:
            trt.get_plugin_registry().deregister_creator(creator)
    vars(trtp.op).pop("quick", None)


def finish(workshop, call, **options):
    """Adds the plugin, its outputs being y0, y1, … of the network."""
    layer = workshop.network.add_plugin(call, **options)
    for i in range(layer.num_outputs):
        layer.get_output(i).name = f"y{i}"
        workshop.network.mark_output(layer.get_output(i))
    return layer
