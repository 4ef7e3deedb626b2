"""Answers, for each line `months,complaints,bill`, how likely the customer is to leave."""

import json
import math
from pathlib import Path


def model_fn(model_dir):
    return json.loads((Path(model_dir) / "weights.json").read_text())


def input_fn(body, content_type):
    text = body.decode() if isinstance(body, bytes) else body
    return [[float(number) for number in line.split(",")] for line in text.splitlines()]


def predict_fn(customers, model):
    def probability(months, complaints, bill):
        score = model["bias"] + model["months"] * months + model["complaints"] * complaints + model["bill"] * bill
        return 1 / (1 + math.exp(-score))

    return [probability(*customer) for customer in customers]


# Captured predictions and requests are compared column by column with the baseline, so they are CSV.
def output_fn(probabilities, accept):
    return "\n".join(f"{p:.3f}" for p in probabilities), "text/csv"
