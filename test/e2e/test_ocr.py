# SPDX-License-Identifier: Apache-2.0
# Copyright the Tenon authors
"""samples/ocr reads its page: three engines in turn, each line of another width."""

import os
import re
import subprocess

import catalog
import pytest
import served

PAGE = catalog.ROOT / "samples" / "ocr" / "page.pgm"
PROFILES = {
    "det": ("1x3x64x64", "1x3x192x352", "1x3x640x736"),
    "cls": ("1x3x48x192",) * 3,
    "rec": ("1x3x48x160", "1x3x48x320", "1x3x48x640"),
}
LINES = ("Hello, plugins!", "Engine No. 1048576", "upside down  (upside down)")


@pytest.fixture(scope="module")
def folder(engines, tmp_path_factory):
    if not (catalog.OCR / "characters.txt").exists():
        pytest.skip("no PP-OCR networks: scripts/fetch_ocr_models could not download them")
    made = tmp_path_factory.mktemp("ocr")
    for part, sizes in PROFILES.items():
        shapes = [f"--{k}Shapes=x:{s}" for k, s in zip(("min", "opt", "max"), sizes, strict=True)]
        engine = engines.build(f"--onnx={catalog.OCR / part}.onnx", *shapes)
        os.symlink(engine, made / f"{part}.engine")
    return made


def read(*arguments):
    command = [served.BIN / "sample_ocr", *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def test_the_page_is_read(folder):
    done = read(folder, catalog.OCR / "characters.txt", PAGE)
    assert done.returncode == 0, done.stderr
    texts = re.findall(r"^ *\d+ +\d+ +\d+ +\d+  (.*)$", done.stdout, re.MULTILINE)
    assert tuple(texts) == LINES


def test_a_picture_of_another_kind_is_refused(folder, tmp_path):
    other = tmp_path / "other.pgm"
    other.write_text("P2 1 1 255 0")
    done = read(folder, catalog.OCR / "characters.txt", other)
    assert done.returncode == 1
    assert "binary PGM" in done.stderr
