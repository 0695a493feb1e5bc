"""Every reference value agrees to the digits that were given. `reference_values.py` prints them as a table."""

import pytest

import reference_values


@pytest.fixture(scope="module")
def rows(spdep, spatstat):
    return reference_values.rows(spdep, spatstat)


def test_reference_values(rows):
    assert len(rows) >= 80
    wrong = [row for row in rows if not row.agrees]
    assert not wrong, "\n".join(f"{row.what}: expected {row.expected}, got {row.got!r}" for row in wrong)


def test_a_value_that_differs_in_its_last_digit_is_told():
    assert reference_values.Row("", "", "0.123", 0.1234).agrees
    assert not reference_values.Row("", "", "0.123", 0.1236).agrees
    assert not reference_values.Row("", "", "5.79e-05", 5.796e-05).agrees
    assert reference_values.Row("", "", "0.1230", 0.1234).digits == 2
