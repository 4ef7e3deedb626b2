"""Makes train.csv and test.csv from scikit-learn's copy of the digits."""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

digits = load_digits()
rows = np.column_stack([digits.target, digits.data]).astype(int)
train, test = train_test_split(rows, test_size=360, random_state=7, stratify=digits.target)
here = Path(__file__).parent
np.savetxt(here / "train.csv", train, fmt="%d", delimiter=",")
np.savetxt(here / "test.csv", test, fmt="%d", delimiter=",")
