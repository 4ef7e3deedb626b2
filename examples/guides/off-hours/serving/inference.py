"""Answers, for each line `months,complaints,bill`, how likely the customer is to leave."""

import json
import math


def model_fn(model_dir):
    return {"bias": -1.2, "months": -0.04, "complaints": 0.8, "bill": 0.01}


def input_fn(body, content_type):
    text = body.decode() if isinstance(body, bytes) else body
    return [[float(number) for number in line.split(",")] for line in text.splitlines()]


def predict_fn(customers, model):
    def probability(months, complaints, bill):
        score = model["bias"] + model["months"] * months + model["complaints"] * complaints + model["bill"] * bill
        return 1 / (1 + math.exp(-score))

    return [probability(*customer) for customer in customers]


def output_fn(probabilities, accept):
    return json.dumps([round(p, 3) for p in probabilities]), "application/json"
