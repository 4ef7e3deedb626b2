"""The whole story of `examples/stacks/digits`: what `make demo` shows, step by step, and what its report, its data and its options are."""

from __future__ import annotations

import base64
import io
import json
import shutil
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from stacks import FAULTS

from acceptance import demo, digits
from acceptance.cases import Edit
from acceptance.example import copy_example, edit
from acceptance.local_aws import ACCOUNT, LocalAws
from acceptance.terraform import HEAD, Terraform

# An image of the account's own, so that a role that may not pull it cannot run a job.
IMAGE = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
# More than the plan has now is to be a decision.
LINES = 1340
DEPLOYER = """
data "mlops_deployer_policy" "digits" {
  for_each      = toset(["plan", "destroy"])
  access        = each.key
  name_prefixes = ["digits"]
}

output "policies" {
  value = { for access, deployer in data.mlops_deployer_policy.digits : access => deployer.policies }
}
"""
# Of what is there but once nothing is said.
SEVERAL = {"Alarm": 15, "Role": 6, "ProcessingJob": 3, "LogGroup": 3}
PREPARATION = "mlops_processing_job.preparation"
TUNING = "mlops_hyper_parameter_tuning_job.digits"


@pytest.fixture
def stack(aws: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path) -> Terraform:
    """A copy of the stack, with roles that must be allowed to pull its image."""
    directory = copy_example("stacks/digits", tmp_path / "stack", initialised, [])
    terraform = Terraform(directory, cli_configuration, aws.environment())
    terraform.environment["TF_VAR_image"] = IMAGE
    return terraform


def test_the_story_from_data_to_an_alarm(aws: LocalAws, stack: Terraform, policies: dict[str, list[str]]) -> None:
    plan = demo.deploy(aws, stack)
    assert len(plan["text"].splitlines()) <= LINES
    outputs = stack.outputs()
    data_are_split(aws, outputs["splits"])
    report_shows_what_was_measured(aws, outputs["reports"]["1"])
    refused = stack.run("plan", "-input=false", "-no-color", "-var=minimum_accuracy=0.99").output
    assert "Version 1 recognizes 0.9806 of the digits, not 0.99: it is not registered." in refused, refused
    demo.approve(aws, stack)
    demo.monitor(aws, stack)
    become(aws, stack, policies["plan"])
    assert stack.is_settled(), "neither an execution nor an alarm is drift"
    refused = stack.attempt("destroy", "-target=mlops_dashboard.digits")
    assert any("cloudwatch:DeleteDashboards" in told.text for told in refused.told), refused.output
    become(aws, stack, policies["destroy"])
    stack.destroy()
    assert aws.inventory() == [] and digits.kept_executions(aws) == 2


@pytest.fixture
def policies(aws: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path) -> dict[str, list[str]]:
    """What the provider says that whoever plans or destroys the stack must be allowed to do."""
    directory = tmp_path / "deployer"
    shutil.copytree(initialised, directory, symlinks=True)
    (directory / "main.tf").write_text(HEAD + DEPLOYER)
    terraform = Terraform(directory, cli_configuration, aws.environment())
    terraform.apply()
    return terraform.outputs()["policies"]


def become(aws: LocalAws, stack: Terraform, policies: list[str]) -> None:
    """From now on the stack is in the hands of somebody who may do this and nothing else."""
    aws.control("POST", "principals", access_key="deployer", policies=policies)
    stack.environment["AWS_ACCESS_KEY_ID"] = "deployer"


def data_are_split(aws: LocalAws, uris: dict[str, str]) -> None:
    """No digit is in two splits, none is lost, and the report of their quality says so."""
    parts = {name: digits.read(aws, f"{uris[name]}{name}.csv").decode().splitlines()[1:] for name in ("train", "validation", "test")}
    assert {name: len(rows) for name, rows in parts.items()} == {"train": 1078, "validation": 359, "test": 360}
    raw = (digits.STACK / "data/digits.csv").read_text().splitlines()[1:]
    assert sorted(row for rows in parts.values() for row in rows) == sorted(raw) and len(set(raw)) == len(raw)
    quality = json.loads(digits.read(aws, f"{uris['quality']}quality.json"))
    assert quality["rows"] == len(raw) and len(quality["checks"]) == 6 and not any(quality["checks"].values())


class Page(HTMLParser):
    """The tables and pictures of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.pictures: list[bytes] = []
        self._cell = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._cell = tag in ("td", "th")
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif self._cell:
            self.tables[-1][-1].append("")
        elif tag == "img":
            kind, _, data = (dict(attrs)["src"] or "").partition(",")
            assert kind == "data:image/png;base64" and dict(attrs)["alt"]
            self.pictures.append(base64.b64decode(data, validate=True))

    def handle_endtag(self, tag: str) -> None:
        self._cell = False

    def handle_data(self, data: str) -> None:
        if self._cell:
            self.tables[-1][-1][-1] += data


def report_shows_what_was_measured(aws: LocalAws, uri: str) -> None:
    """The page's tables and pictures, which are also files of their own, say what the metrics say."""
    place = uri.removesuffix("report.html")
    metrics = json.loads(digits.read(aws, f"{place}metrics.json"))
    matrix = [list(row.values()) for row in metrics["multiclass_classification_metrics"]["confusion_matrix"].values()]
    right = sum(matrix[i][i] for i in range(10))
    assert right / 360 == metrics["multiclass_classification_metrics"]["accuracy"]["value"] and sum(map(sum, matrix)) == 360

    page = Page(digits.read(aws, uri).decode())
    confusion, classes = page.tables
    assert [list(map(int, row[1:])) for row in confusion[1:]] == matrix
    of_class = [[f"{each[key]:.3f}" for key in ("precision", "recall", "f1-score")] for each in metrics["classes"].values()]
    assert [row[1:4] for row in classes[1:]] == of_class
    assert page.pictures == [digits.read(aws, f"{place}{name}.png") for name in ("confusion_matrix", "classes")]

    fields, bars = (Image.open(io.BytesIO(picture)) for picture in page.pictures)
    for row in range(10):
        for column in range(10):
            color = fields.getpixel((40 * (column + 1) + 20, 40 * (row + 1) + 20))
            assert (color == (255, 255, 255)) == (matrix[row][column] == 0), (row, column)
        for y, key in ((12, "precision"), (26, "recall")):
            colored = sum(bars.getpixel((x, 40 * row + y)) != (255, 255, 255) for x in range(40, 440))
            assert colored == round(400 * metrics["classes"][str(row)][key])


def test_data_that_are_not_as_documented_are_refused_and_a_tuning_finds_hyperparameters(aws: LocalAws, stack: Terraform) -> None:
    mistake = Edit("0,0,0,5,13", "0,0,0,17,13", file="data/digits.csv")
    edit(stack.directory, mistake)
    run = stack.attempt("apply", f"-target={PREPARATION}")
    (error,) = [told for told in run.told if told.severity == "error"]
    assert error.address == PREPARATION, run.output
    assert "Not so: each shade is a whole number within the bounds. 1 cases, the first: row 1, p02: '17'" in error.text
    edit(stack.directory, Edit(mistake.new, mistake.old, file=mistake.file))
    digits.set_variable(stack, "parts", {"tuning": True})
    stack.apply(f"-target={TUNING}")
    assert json.loads(stack.values()[PREPARATION]["exit_message"]) == {"rows": 1797, "train": 1078, "validation": 359, "test": 360}
    best: dict[str, Any] = stack.values()[f"{TUNING}[0]"]["best_training_job"]
    assert best["tuned_hyper_parameters"].keys() == {"penalty", "gamma"}
    assert best["final_hyper_parameter_tuning_job_objective_metric"]["value"] > 0.9
    stack.destroy()
    assert aws.inventory() == []


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Only `make kill-sweep` has the time for the whole stack among faults."""
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(1, 11) if metafunc.config.getoption("--kill-sweep") else [])


def test_faults_everywhere_cost_at_most_three_applies(seed: int, aws: LocalAws, stack: Terraform) -> None:
    for kind, probability in FAULTS.items():
        aws.fault(".*", kind, times=None, probability=probability, seed=seed)
    applies = 1
    while (run := stack.attempt("apply")).code != 0:
        applies += 1
        assert applies <= 3, run.output
    struck = {fault["kind"]: fault["struck"] for fault in aws.control("GET", "faults")["faults"]}
    assert all(struck.values()) and sum(struck.values()) > 50, struck
    kinds = Counter(each["kind"] for each in aws.inventory())
    assert len(kinds) == 20 and {kind: n for kind, n in kinds.items() if n > 1} == SEVERAL, "nothing is missing, or there twice"
    assert stack.is_settled()
    stack.destroy()
    aws.control("DELETE", "faults")
    assert aws.inventory() == []
    print(f"seed {seed}: {applies} applies, {struck}")


def test_the_notebook_runs() -> None:
    notebook = digits.STACK / "notebooks/explore.ipynb"
    cells = [cell for cell in json.loads(notebook.read_text())["cells"] if cell["cell_type"] == "code"]
    assert cells and not any(cell["outputs"] for cell in cells), "it is in the repository as nobody has run it yet"
    script = "\n".join("".join(cell["source"]) for cell in cells)
    command = ["env", "MPLBACKEND=Agg", sys.executable, "-W", "error::SyntaxWarning", "-c", script]
    run = subprocess.run(command, cwd=notebook.parent, capture_output=True, text=True)
    assert run.returncode == 0 and "never anything but 0: ['p00', 'p40', 'p47']" in run.stdout, run.stderr
