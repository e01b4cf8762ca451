"""A student works on an assignment in a real JupyterLab: solves a task, checks it, validates."""

import os
import shutil

import pytest

from tests.classroom import course as classroom
from tests.notebooks import browser

if browser.CHROMIUM is None and not os.environ.get("CI"):
    pytest.skip("Chromium is not installed: no browser tests", allow_module_level=True)

ASSIGNMENT = "02_strided_convolution"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The teacher's folder, with the student version of the assignment."""
    folder = classroom.copy_course(tmp_path_factory.mktemp("course"))
    classroom.run(folder, "nbgrader", "generate_assignment", ASSIGNMENT)
    return folder


@pytest.fixture
def opened(course, tmp_path):
    """The student version, alone in a student's folder, open in a browser."""
    from playwright.sync_api import sync_playwright

    assert browser.CHROMIUM, "CI must install Chromium"
    student, home = tmp_path / "student", tmp_path / "home"
    shutil.copytree(course / "release" / ASSIGNMENT, student)
    home.mkdir()
    with browser.jupyterlab(student, home) as address, sync_playwright() as playwright:
        options = {"executable_path": browser.CHROMIUM, "args": browser.CHROMIUM_OPTIONS}
        program = playwright.chromium.launch(**options)
        page = browser.NotebookPage(program, address, f"{ASSIGNMENT}.ipynb")
        yield page
        page.close()
        program.close()


class Student:
    """Clicks and types in the notebook's page. Cells are numbered from 0."""

    def __init__(self, notebook):
        self.page = notebook.page
        self.cells = self.page.locator(".jp-Notebook .jp-Cell")

    def write(self, number, code):
        """Put code in place of what the cell holds."""
        self.cells.nth(number).locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(code)

    def run(self, number):
        """Run one cell; return the texts that it shows."""
        cell = self.cells.nth(number)
        before = cell.locator(".jp-InputPrompt").inner_text()
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")
        for _ in range(600):
            prompt = cell.locator(".jp-InputPrompt").inner_text()
            if prompt != before and prompt.strip("[]: ").isdigit():
                self.page.wait_for_timeout(200)  # the output may come a moment after the number
                return cell.locator(".jp-OutputArea-output").all_inner_texts()
            self.page.wait_for_timeout(100)
        raise AssertionError(f"cell {number} did not end within a minute: {prompt}")

    def validate(self):
        """Press nbgrader's Validate button; return what its dialog says."""
        self.page.locator("jp-button[title='Validate Assignment']").click()
        dialog = self.page.locator(".jp-Dialog")
        dialog.wait_for(timeout=120_000)
        said = dialog.inner_text()
        dialog.get_by_role("button", name="Ok").click()
        dialog.wait_for(state="detached")
        return said


def test_student_solves_a_task_checks_it_and_validates(course, opened):
    """The first task alone first; then all of them, and the question."""
    solved = classroom.solved(course, ASSIGNMENT)
    names = [classroom.grade_id(cell) for cell in solved.cells]
    tasks, question = classroom.tasks(solved), classroom.questions(solved)[0]
    first, student = tasks[0], Student(opened)

    def solve(task):
        student.write(names.index(task), classroom.cell(solved, task).source)
        student.run(names.index(task))

    imports = next(i for i, cell in enumerate(solved.cells) if cell.cell_type == "code")
    assert student.run(imports) == []
    student.run(names.index(first))
    [said] = student.run(names.index(f"{first}-check"))
    assert said.startswith(f"{first} is not written yet.") and "Traceback" not in said
    solve(first)
    [said] = student.run(names.index(f"{first}-check"))
    assert said.startswith(f"{first}: all ") and said.strip().endswith("cases passed.")

    said = student.validate()
    assert said.count("The following cell failed") == len(tasks)  # the others, and the question
    assert f"checks.{first}(" not in said
    assert all(f"{task} is not written yet" in said for task in tasks[1:])
    assert "You did not provide a response" in said

    for task in tasks[1:]:
        solve(task)
    student.cells.nth(names.index(question)).dblclick()
    student.write(names.index(question), classroom.ANSWER)
    assert "Success! Your notebook passes all the tests." in student.validate()
    assert opened.problems == []
