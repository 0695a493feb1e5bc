"""Asks R: the scripts of this folder write CSV files, tests read them."""

import pathlib
import shutil
import subprocess

import pandas

HERE = pathlib.Path(__file__).resolve().parent


class Answers:
    """The tables that an R script wrote to a folder."""

    def __init__(self, script, folder):
        assert shutil.which("Rscript"), "Rscript is missing; scripts/setup --test installs R and the peers' packages"
        run = subprocess.run(["Rscript", HERE / script, folder], capture_output=True, text=True)
        assert run.returncode == 0, f"{script} failed; scripts/setup --test installs its packages:\n{run.stderr[-2000:]}"
        self.folder = pathlib.Path(folder)

    def __getitem__(self, name):
        return pandas.read_csv(self.folder / f"{name}.csv", float_precision="round_trip")

    def names(self, pattern):
        return sorted(path.name[:-4] for path in self.folder.glob(f"{pattern}.csv"))
