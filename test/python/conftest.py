# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""What the tests of the Python package share."""

import pytest
from workshop import Workshop, tenon


@pytest.fixture(scope="session")
def logger():
    return tenon.Logger(tenon.Logger.ERROR)


@pytest.fixture
def workshop(logger):
    return Workshop(logger)
