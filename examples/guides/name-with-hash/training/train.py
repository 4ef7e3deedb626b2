"""Stores which model it would train."""

import argparse
import os
from pathlib import Path

arguments = argparse.ArgumentParser()
arguments.add_argument("--max_depth")
Path(os.environ["SM_MODEL_DIR"], "model.txt").write_text(f"depth {arguments.parse_args().max_depth}\n")
