"""`python -m course_lib`: each command is a module, and a wrong option is one sentence."""

import importlib
import pkgutil

import pytest

from course_lib import __main__, commands
from course_lib.__main__ import main

COMMANDS = [importlib.import_module(f"course_lib.commands.{name}") for name in __main__.COMMANDS]
WRONG_OPTIONS = {
    "train --epochs 0": "give a whole number from 1 on",
    "train --batch-size 1.5": "give a whole number from 1 on",
    "train --learning-rate -1": "give a number that is not negative",
    "train --learning-rate fast": "give a number that is not negative",
    "train --momentum nan": "give a number that is not negative",
    "train --weight-decay inf": "give a number that is not negative",
    "train --warmup 1": "give a number from 0 to below 1",
    "train --dataset mnist": "invalid choice",
    "verdict --seeds -3": "give a whole number from 1 on",
    "train --seed -1": "give a whole number from 0 on",
    "verdict --figure nowhere/verdict.png": "create it first",
    "verdict --figure .": "name a file in it",
    "autograde 02 --minutes -1": "give a number that is not negative",
    "download": "required",
    "dance": "invalid choice",
}


@pytest.mark.parametrize("line, words", WRONG_OPTIONS.items())
def test_a_wrong_option_is_told_before_anything_runs(line, words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for module in COMMANDS:
        monkeypatch.setattr(module, "main", lambda options: pytest.fail("it ran"))
    with pytest.raises(SystemExit) as exit:
        main(line.split())
    assert exit.value.code == 2
    out, error = capsys.readouterr()
    assert out == "" and words in error.splitlines()[-1]


def test_the_help_names_every_command(capsys):
    modules = {module.name for module in pkgutil.iter_modules(commands.__path__)}
    with pytest.raises(SystemExit):
        main(["--help"])
    lines = capsys.readouterr().out.splitlines()
    told = {line.split()[0] for line in lines if line.startswith("    ")}
    assert modules - {"option_values"} <= told
