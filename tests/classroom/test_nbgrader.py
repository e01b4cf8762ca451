"""The assignments with the real nbgrader: what students get, and what a class gets for it."""

import copy
import csv
import re
import shutil

import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from course_lib import __main__ as commands
from tests.classroom import course as classroom
from tests.classroom.course import ASSIGNMENTS
from tests.practice import store_cases

CLASS = "02_strided_convolution"  # on which the whole class works
QUICK = "c.Execute.timeout = 15"  # a cell that never ends is stopped sooner here
MEGABYTES = """\
print("x" * 3_000_000)
for number in range(100_000):
    print("line", number, "of a printed array", number * 0.1)
"x" * 3_000_000"""
HOARD = """\
def {name}(*args, **kwargs):
    hoard = []
    while True:
        hoard.append(np.ones(10_000_000))"""
WITHOUT_DTYPE = """\
solved = {name}


def {name}(*args, **kwargs):
    return solved(*args, **kwargs).astype(float)"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The teacher's folder, with the student versions of all assignments."""
    folder = classroom.copy_course(tmp_path_factory.mktemp("course"), QUICK)
    classroom.run(folder, "nbgrader", "generate_assignment", "*")
    return folder


# What students get


@pytest.fixture(params=ASSIGNMENTS)
def assignment(request):
    return request.param


def telling_lines(regions):
    """The lines of solutions or tests that could not be there by chance."""
    lines = {line.strip() for text in regions for line in text.splitlines()}
    return {line for line in lines if len(line) > 12 and not re.fullmatch(r"\w+,", line)}


def test_student_version_holds_no_solution_no_hidden_test_and_no_marking_guide(course, assignment):
    source = classroom.notebook(course, "source", assignment)
    released = classroom.notebook(course, "release", assignment)
    text = "\n".join(cell.source for cell in released.cells)
    solutions, tests = (classroom.regions(source, name) for name in ("SOLUTION", "HIDDEN TESTS"))
    tasks, questions = classroom.tasks(source), classroom.questions(source)
    assert len(solutions) == len(tasks) + len(questions) and len(tests) == len(tasks) >= 3
    assert len(questions) == 1
    given = "\n".join(
        re.sub(r"### BEGIN (.*)\n(?s:.*)### END \1", "", cell.source) for cell in source.cells
    )
    lines = telling_lines(solutions + tests)
    secret = {line for line in lines if line not in given}
    assert len(secret) > max(20, 0.9 * len(lines))  # lines that are given anyway are rare
    assert [line for line in secret if line in text] == []
    assert not re.search("(BEGIN|END) (SOLUTION|HIDDEN)|[Mm]arking guide", text)
    assert not any(cell.get("outputs") for cell in released.cells)


def test_student_version_runs_up_to_the_first_task(course, assignment):
    released = classroom.notebook(course, "release", assignment)
    client = NotebookClient(
        released, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(course)}}
    )
    with pytest.raises(CellExecutionError) as stopped:
        client.execute()
    assert stopped.value.ename == "NotImplementedError"


# What a class gets for it


def make_class(course):
    """Hand in a class's work. Returns the points that the autograder should give to each student.

    The tasks that fail are those whose functions no other task calls, so that nothing else does.
    """
    solved, blank = (classroom.solved(course, CLASS), classroom.notebook(course, "release", CLASS))
    last, other = classroom.unneeded(solved)[:-3:-1]
    question, first = classroom.questions(solved)[0], classroom.tasks(solved)[0]
    copies, scores = {"perfect": solved, "blank": blank}, {"perfect": classroom.expected(solved)}
    scores["blank"] = dict.fromkeys(classroom.points(solved), 0.0)

    copies["wrong"] = classroom.with_code(solved, last, f"def {last}(*a, **k):\n    return None")
    scores["wrong"] = classroom.expected(solved, [last])

    copies["endless"] = classroom.with_code(
        solved, other, f"def {other}(*a, **k):\n    while True:\n        pass"
    )
    scores["endless"] = classroom.expected(solved, [other])

    copies["hoarder"] = classroom.with_code(solved, other, HOARD.format(name=other))
    scores["hoarder"] = scores["endless"]

    # Only the cases with float32 are lost.
    copies["dtype"] = classroom.with_code(solved, other, WITHOUT_DTYPE.format(name=other))
    source = store_cases.assignment(CLASS[:2])
    right = source.namespace[other]
    graded = source.grade(other, lambda *a, **k: right(*a, **k).astype(float))
    scores["dtype"] = classroom.expected(solved, [other])
    scores["dtype"][f"{other}-hidden"] = graded.earned
    assert 0 < graded.earned < graded.total

    # Without its imports only what needs none works, and no visible check.
    copies["crash"] = copy.deepcopy(solved)
    imports = next(cell for cell in copies["crash"].cells if cell.cell_type == "code")
    imports.source = "import numpyy\n" + imports.source
    scores["crash"] = classroom.expected(solved, classroom.tasks(solved))
    bare = {}
    for task in classroom.tasks(solved):
        exec(classroom.cell(solved, task).source, bare)
    for task in classroom.tasks(solved):
        scores["crash"][f"{task}-hidden"] = source.grade(task, bare[task]).earned
    assert scores["crash"][f"{first}-hidden"] == classroom.points(solved)[f"{first}-hidden"]

    copies["editor"] = copy.deepcopy(copies["wrong"])
    classroom.cell(copies["editor"], f"{last}-check").source = "pass"
    classroom.cell(copies["editor"], f"{last}-check").metadata.nbgrader.points = 100
    classroom.cell(copies["editor"], f"{last}-hidden").source = "5.0"
    scores["editor"] = scores["wrong"]

    copies["deleter"] = classroom.without(solved, f"{first}-check", f"{last}-hidden", question)
    scores["deleter"] = scores["perfect"]

    copies["splitter"] = copy.deepcopy(solved)
    for name in (other, f"{other}-check", question):
        index = copies["splitter"].cells.index(classroom.cell(copies["splitter"], name))
        double = copy.deepcopy(copies["splitter"].cells[index])
        double.id = f"double-{index}"
        copies["splitter"].cells.insert(index, double)
    scores["splitter"] = scores["perfect"]

    copies["printer"] = classroom.with_code(solved, first, MEGABYTES)
    scores["printer"] = scores["perfect"]

    for student, nb in copies.items():
        classroom.hand_in(course, student, CLASS, nb)
    return scores


def make_hopeless(course):
    """Hand in what cannot be graded; return what the teacher is told of each."""
    solved = classroom.solved(course, CLASS)
    first = classroom.tasks(solved)[0]
    quitter = classroom.with_code(solved, first, "import os\nos._exit(1)")
    classroom.hand_in(course, "quitter", CLASS, quitter)
    path = classroom.hand_in(course, "renamer", CLASS, solved)
    path.rename(path.with_name("my homework.ipynb"))
    classroom.hand_in(course, "webpage", CLASS, solved).write_text("<html>Log in first</html>")
    return {
        "quitter": "failed: DeadKernelError: Kernel died",
        "renamer": f"failed: {CLASS} holds no {CLASS}.ipynb, but my homework.ipynb",
        "webpage": "failed: NotJSONError: Notebook does not appear to be JSON",
    }


@pytest.fixture(scope="module")
def graded(course):
    """(what the teacher reads, the points there should be, the copies that are not graded)."""
    scores, hopeless = make_class(course), make_hopeless(course)
    report = classroom.run(
        course, "course_lib", "autograde", CLASS, "--jobs", "2", "--minutes", "2", status=1
    )
    return report, scores, hopeless


def test_everybody_gets_exactly_their_points(course, graded):
    scores = classroom.auto_scores(course, CLASS)
    assert {student: scores[student] for student in graded[1]} == graded[1]


def test_the_report_names_everybody(graded):
    report, scores, hopeless = graded
    for student, points in scores.items():
        row = rf"{student} +{sum(filter(None, points.values())):.2f} +40 +[\d.]+  graded"
        assert re.search(row, report), row
    for student, reason in hopeless.items():
        assert f"  {student}: {reason}" in report
    assert f"{len(scores)} of {len(scores) + len(hopeless)} are graded" in report


def test_what_is_not_graded_leaves_nothing_that_looks_graded(course, graded):
    assert not any(course.joinpath("autograded", student, CLASS).exists() for student in graded[2])


def test_a_second_run_grades_nothing_again_and_stops_what_takes_too_long(course, graded):
    """SIGINT, with which nbgrader and the checks stop a cell, does nothing here."""
    solved = classroom.solved(course, CLASS)
    deaf = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass"
    nb = classroom.with_code(solved, classroom.tasks(solved)[0], deaf)
    classroom.hand_in(course, "deaf", CLASS, nb)
    report = classroom.run(
        course,
        "course_lib",
        "autograde",
        CLASS,
        "--minutes",
        "0.25",
        "--student",
        "deaf",
        "--student",
        "perfect",
        status=1,
    )
    assert "graded before" in report
    assert "deaf: stopped: it was not done after 0.25 minutes" in report
    assert not course.joinpath("autograded", "deaf", CLASS).exists()


def test_feedback_is_short_and_keeps_the_hidden_tests(course, graded):
    classroom.run(course, "nbgrader", "generate_feedback", CLASS)
    source = classroom.notebook(course, "source", CLASS)
    tests = telling_lines(classroom.regions(source, "HIDDEN TESTS"))
    for student in graded[1]:
        page = course.joinpath("feedback", student, CLASS, f"{CLASS}.html")
        assert 10_000 < page.stat().st_size < 1_000_000
        text = re.sub(r"<[^>]*>", "", page.read_text(encoding="utf-8"))
        assert [line for line in tests if line in text] == []
        assert "hidden tests passed" in text or student == "crash"


def test_marks_by_hand_and_export(course, graded):
    """The marks that the formgrader page would write, then all grades as a table."""
    question = classroom.questions(classroom.notebook(course, "source", CLASS))[0]
    with classroom.gradebook(course) as gradebook:
        for mark, student in enumerate(sorted(graded[1])):
            grade = gradebook.find_grade(question, CLASS, CLASS, student)
            assert grade.needs_manual_grade == (student != "blank")
            grade.manual_score, grade.needs_manual_grade = mark / 2, False
        gradebook.db.commit()
    classroom.run(course, "nbgrader", "export", "--to", "grades.csv")
    with open(course / "grades.csv", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["assignment"] == CLASS]
    exported = {row["student_id"]: (float(row["score"]), float(row["max_score"])) for row in rows}
    for mark, student in enumerate(sorted(graded[1])):
        points = sum(filter(None, graded[1][student].values()))
        assert exported.pop(student) == pytest.approx((points + mark / 2, 40))
    assert set(exported.values()) == {(0.0, 40.0)}  # those that are not graded


@pytest.mark.parametrize("assignment", [name for name in ASSIGNMENTS if name != CLASS])
def test_full_points_for_the_solution_and_none_for_a_blank_copy(course, assignment):
    solved = classroom.solved(course, assignment)
    blank = classroom.notebook(course, "release", assignment)
    classroom.hand_in(course, "perfect", assignment, solved)
    classroom.hand_in(course, "blank", assignment, blank)
    classroom.run(course, "course_lib", "autograde", assignment)
    assert classroom.auto_scores(course, assignment) == {
        "perfect": classroom.expected(solved),
        "blank": dict.fromkeys(classroom.points(solved), 0.0),
    }
    blank = classroom.notebook(course, "autograded", assignment, "blank")
    errors = {
        output.ename
        for cell in blank.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    }
    assert errors == {"NotImplementedError"}


# What the command says where there is nothing to grade


def test_command_says_what_to_do_first(course, tmp_path, monkeypatch, capsys):
    def said(assignment):
        assert commands.main(["autograde", assignment]) == 1
        return capsys.readouterr().err

    monkeypatch.chdir(tmp_path)
    assert "has no nbgrader_config.py; go to the folder" in said(CLASS)
    classroom.copy_course(tmp_path)
    assert f"there is no assignment 7; there are: {', '.join(ASSIGNMENTS)}" in said("7")
    assert f"run `nbgrader generate_assignment {CLASS}` first" in said(CLASS)
    shutil.copy(course / "gradebook.db", tmp_path)
    assert "nothing is handed in: put each copy into" in said(CLASS)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "nbgrader is not installed" in said(CLASS)
