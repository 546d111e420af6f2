"""The arithmetic of operation by outcome."""

from collections.abc import Callable

from counterfoil.reports.matrix import Matrix, matrix_of
from counterfoil.reports.results import Contract, Operation, Outcome, Result, Results


def of(run: Results) -> Matrix:
    return matrix_of(run.header, run.results)


def test_counts_add_up_over_results(make_run: Callable[..., Results], make_result: Callable[..., Result]):
    """An outcome's count is the sum over all results, whichever operation each was about."""
    matrix = of(
        make_run(
            make_result("a", seen={"check_out": {"order_placed": 2}}),
            make_result("b", operation="list_services", seen={"check_out": {"order_placed": 3, "cart_empty": 1}}),
        )
    )

    row = next(row for row in matrix.tables[0].rows if row.operation == "check_out")

    assert {cell.name: cell.seen for cell in row.cells if cell.seen} == {"order_placed": 5, "cart_empty": 1}
    assert (row.score, row.index, row.answers) == (2, 6, 6)


def test_index_is_the_contracts_and_score_is_the_runs(run: Results):
    """The index counts what the contracts name, the score what the run has seen of it."""
    matrix = of(run)

    assert [(table.contract, table.score, table.index) for table in matrix.tables] == [
        ("whmcs-rest", 11, 29),
        ("whmcs-classic", 3, 9),
        ("billmanager", 3, 7),
        ("shopscript", 4, 11),
    ]
    assert (matrix.score, matrix.index) == (21, 56)


def test_an_undocumented_answer_scores_nothing(make_run: Callable[..., Results], make_result: Callable[..., Result]):
    """An answer that the contract does not name is kept apart and adds neither to the index nor to the score."""
    before = of(make_run())
    after = of(make_run(make_result(seen={"check_out": {"undocumented 418": 4}})))

    row = next(row for row in after.tables[0].rows if row.operation == "check_out")

    assert row.undocumented == (("undocumented 418", 4),)
    assert (after.index, after.score, after.undocumented) == (before.index, 0, 1)


def test_one_name_under_two_media_types_is_one_outcome(run: Results):
    """BILLmanager answers the same outcome as XML and as JSON; it is one outcome to see."""
    table = next(table for table in of(run).tables if table.contract == "billmanager")
    cell = next(cell for row in table.rows for cell in row.cells if cell.name == "order_placed")

    assert cell.media_types == ("text/xml", "application/json")
    assert cell.statuses == ("200",)


def test_an_operation_outside_the_contract_has_a_row(run: Results):
    """What was answered by an operation that no contract names is shown, and counts as no operation of it."""
    table = next(table for table in of(run).tables if table.contract == "billmanager")
    row = table.rows[-1]

    assert (row.operation, row.in_contract, row.index) == ("func=dashboard", False, 0)
    assert (table.operations_answered, table.operations) == (2, 2)


def test_nothing_seen_is_zero_of_all(empty_run: Results):
    """A run without cases has a score of zero and the whole index."""
    matrix = of(empty_run)

    assert (matrix.score, matrix.index, matrix.operations_answered, matrix.operations) == (0, 56, 0, 16)


def test_an_operation_without_named_outcomes(make_run: Callable[..., Results], make_result: Callable[..., Result]):
    """An operation that names no outcome has an index of zero, and its answers are still counted."""
    bare = Contract(title="Bare", version="1", sha256="0", operations={"ping": Operation("Ping", "documented", [])})
    run = make_run(make_result(contract="bare", seen={"ping": {"undocumented 200": 1}}), contracts={"bare": bare})

    table = of(run).tables[0]

    assert (table.index, table.score, table.operations_answered, table.url) == (0, 0, 1, "")


def test_a_case_of_the_suite_itself_makes_no_contract(
    make_run: Callable[..., Results], make_result: Callable[..., Result]
):
    """A case that broke down before it belonged to a contract adds no table."""
    matrix = of(make_run(make_result(contract="collection", operation="", phase="suite", verdict="errored")))

    assert "collection" not in [table.contract for table in matrix.tables]


def test_accepted_and_refused_part_the_outcomes(make_run: Callable[..., Results]):
    """Every outcome is either accepted or refused."""
    named = [Outcome("a", 200, "text/xml", True, "documented"), Outcome("b", 200, "text/xml", False, "chosen")]
    contract = Contract(title="T", version="1", sha256="0", operations={"act": Operation("Act", "documented", named)})

    row = of(make_run(contracts={"c": contract})).tables[0].rows[0]

    assert ([cell.name for cell in row.accepted], [cell.name for cell in row.refused]) == (["a"], ["b"])
