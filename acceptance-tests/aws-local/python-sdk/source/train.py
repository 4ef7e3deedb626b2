"""Trains a classifier of irises, and puts the script that serves it beside it."""

import argparse
import os
import pathlib
import shutil

import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression


def read(channel):
    """Measures and species of a channel."""
    table = pd.read_csv(pathlib.Path("/opt/ml/input/data") / channel / "data.csv")
    return table.drop(columns="species").to_numpy(), table["species"]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--max_iter", type=int, default=100)
    model = LogisticRegression(max_iter=parser.parse_known_args()[0].max_iter).fit(*read("train"))
    print(f"accuracy={model.score(*read('test')):.4f};")
    directory = pathlib.Path(os.environ["SM_MODEL_DIR"])
    joblib.dump(model, directory / "model.joblib")
    (directory / "code").mkdir()
    shutil.copy(pathlib.Path(__file__).with_name("inference.py"), directory / "code")
