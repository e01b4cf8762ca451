"""Settings to start from: the two cases, as posted and repaired."""

from course_lib.cases import CaseA, CaseB

from .settings import Settings


def of_case_a(case: CaseA) -> Settings:
    """The Settings of a CaseA, as far as they go: without its momentum, and upright or mirrored."""
    return Settings(
        network="case A",
        init="case A" if case.filters == "normal 0.01" else case.filters,
        inputs=case.pixels,
        batch_size=case.batch_size,
        learning_rate=case.learning_rate,
    )


def of_case_b(case: CaseB) -> Settings:
    """The Settings of a CaseB, as far as they go. The sign of its exponent is the right one."""
    return Settings(
        network="case B",
        init="case B" if case.weights == "normal 1" else case.weights,
        loss=case.loss,
        inputs=case.pixels,
        batch_size=case.batch_size,
        learning_rate=case.learning_rate,
        jacobian=case.jacobian,
    )


PRESETS = {
    "case A, as posted": of_case_a(CaseA()),
    "case A, repaired": of_case_a(CaseA.repaired()),
    "case B, as posted": of_case_b(CaseB()),
    "case B, repaired": of_case_b(CaseB.repaired()),
}
