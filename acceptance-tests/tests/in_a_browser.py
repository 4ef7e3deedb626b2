"""The report of the evaluation of `examples/stacks/digits`, looked at in headless Chromium.

`make browser-test` makes Chromium's environment. The name of this file keeps it out of the other tests, which need no browser.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from PIL import Image
from test_digits import stack  # noqa: F401

from acceptance import digits
from acceptance.installation import ROOT
from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform

PYTHON = ROOT / ".venv" / "browser" / "bin" / "python"
LOOK = ROOT / "acceptance-tests" / "browser" / "look.py"
EVALUATION = 'mlops_processing_job.evaluation["1"]'
# A field of the pictures, in pixels.
FIELD = 40


def test_a_reader_sees_the_figures_and_the_pictures(aws: LocalAws, stack: Terraform, tmp_path: Path) -> None:  # noqa: F811
    stack.apply(f"-target={EVALUATION}")
    report = stack.values()[EVALUATION]["output_uris"]["report"]
    names = ["report.html", "confusion_matrix.png", "classes.png", "metrics.json"]
    page, matrix, classes, metrics = (tmp_path / name for name in names)
    for file in (page, matrix, classes, metrics):
        file.write_bytes(digits.read(aws, f"{report}{file.name}"))
    stack.destroy()

    run = subprocess.run([PYTHON, LOOK, page, tmp_path / "window.png"], capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    seen, end = map(json.loads, run.stdout.splitlines())
    assert end["console"] == [] and seen["loaded"] and seen["title"] == seen["heading"]
    assert seen["width"] <= seen["window"], "nothing has to be scrolled sideways"
    measured = json.loads(metrics.read_text())["multiclass_classification_metrics"]["confusion_matrix"]
    assert seen["tables"][0][1:] == [[digit, *map(str, row.values())] for digit, row in measured.items()]

    window = Image.open(tmp_path / "window.png").convert("RGB")
    for told, file in zip(seen["pictures"], (matrix, classes), strict=True):
        picture = Image.open(file).convert("RGB")
        left, top, width, height = map(round, told["box"])
        assert told["alt"] and picture.size == (width, height) == tuple(told["natural"])
        points = [(x, y) for x in range(FIELD // 2, width, FIELD) for y in range(FIELD // 4, height, FIELD)]
        assert [window.getpixel((left + x, top + y)) for x, y in points] == [picture.getpixel(point) for point in points]
        assert len({picture.getpixel(point) for point in points}) > 2, "there is something to see"
