"""Amounts as people write them: what is read, what is refused, and that what is written reads back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.errors import PlanError
from workers.plan.sizes import MOST, SizeUnit, format_bytes, format_duration, format_size, parse_size


@pytest.mark.parametrize(("text", "amount"), [
    ("70M", 70_000_000), ("70m", 70_000_000), ("2.5k", 2500), ("10_000", 10_000), ("1e6", 1_000_000), (" 12 ", 12),
    ("1 G", 1_000_000_000), ("100G", MOST), ("1.5E3", 1500), ("0.9k", 900),
])  # fmt: skip
def test_numbers(text: str, amount: int) -> None:
    assert parse_size(text) == amount


@pytest.mark.parametrize(("text", "microseconds"), [
    ("1.5 s", 1_500_000), ("20 ms", 20_000), ("20ms", 20_000), ("20 MS", 20_000), ("7us", 7), ("7 µs", 7), ("7 μs", 7),
    ("500", 500), ("2M", 2_000_000),
])  # fmt: skip
def test_times(text: str, microseconds: int) -> None:
    assert parse_size(text, SizeUnit.MICROSECONDS) == microseconds


@pytest.mark.parametrize(("text", "size"), [("20 MB", 20_000_000), ("20M", 20_000_000), ("5b", 5), ("1.5 kB", 1500)])
def test_bytes(text: str, size: int) -> None:
    assert parse_size(text, SizeUnit.BYTES) == size


@pytest.mark.parametrize("text", ["M", "--5", "ten", "1.2.3", "5 apples", "70MM", "1,000", "0x10", "nan", "inf"])
def test_what_is_no_amount_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(PlanError, match="is not a size: write a number such as 70M"):
        parse_size(text)


@pytest.mark.parametrize("text", ["0", "0.4", "101G", "1e12", "1e99", "9" * 400])
def test_what_is_out_of_range_is_refused(text: str) -> None:
    with pytest.raises(PlanError, match="from 1 to 100G"):
        parse_size(text)


@pytest.mark.parametrize(("text", "unit", "reason"), [
    ("20 ms", SizeUnit.NUMBERS, "is a time, and this workload is measured in numbers"),
    ("5 s", SizeUnit.BYTES, "is a time, and this workload is measured in bytes"),
    ("20 MB", SizeUnit.NUMBERS, "is in bytes, and this workload is measured in numbers"),
    ("20 MB", SizeUnit.MICROSECONDS, "is in bytes, and this workload is measured in microseconds"),
])  # fmt: skip
def test_a_unit_of_something_else_is_refused(text: str, unit: SizeUnit, reason: str) -> None:
    with pytest.raises(PlanError, match=reason):
        parse_size(text, unit)


@given(st.text(max_size=20), st.sampled_from(SizeUnit))
def test_any_text_is_an_amount_or_a_plan_error(text: str, unit: SizeUnit) -> None:
    try:
        amount = parse_size(text, unit)
    except PlanError:
        return
    assert 1 <= amount <= MOST


@given(st.integers(1, MOST), st.sampled_from(SizeUnit))
def test_a_written_size_reads_back(amount: int, unit: SizeUnit) -> None:
    text = format_size(amount, unit)
    again = parse_size(text, unit)
    assert again == pytest.approx(amount, rel=0.0006)
    assert format_size(again, unit) == text


@given(st.integers(1, 9999), st.sampled_from([1, 10, 1000, 10**6, 10**7]), st.sampled_from(SizeUnit))
def test_four_digits_are_kept_exactly(digits: int, power: int, unit: SizeUnit) -> None:
    assert parse_size(format_size(digits * power, unit), unit) == digits * power


@pytest.mark.parametrize(("amount", "unit", "text"), [
    (70_000_000, SizeUnit.NUMBERS, "70M"), (12_500, SizeUnit.NUMBERS, "12.5k"), (999, SizeUnit.NUMBERS, "999"),
    (999_999, SizeUnit.NUMBERS, "1M"), (999_900, SizeUnit.NUMBERS, "999.9k"), (1, SizeUnit.NUMBERS, "1"),
    (MOST, SizeUnit.NUMBERS, "100G"), (20_000_000, SizeUnit.BYTES, "20 MB"), (12, SizeUnit.BYTES, "12 B"),
    (1_500_000, SizeUnit.MICROSECONDS, "1.5 s"), (20_000, SizeUnit.MICROSECONDS, "20 ms"), (12, SizeUnit.MICROSECONDS, "12 µs"),
    (100_000_000, SizeUnit.MICROSECONDS, "100 s"),
])  # fmt: skip
def test_sizes_are_written_short(amount: int, unit: SizeUnit, text: str) -> None:
    assert format_size(amount, unit) == text


@pytest.mark.parametrize(("count", "text"), [
    (0, "0 B"), (999, "999 B"), (525e6, "525 MB"), (7.761e9, "7.76 GB"), (999.7e6, "1 GB"), (1234, "1.23 kB"),
    (5e15, "5000 TB"), (15_550_000, "15.6 MB"),
])  # fmt: skip
def test_bytes_are_written_with_three_digits(count: float, text: str) -> None:
    assert format_bytes(count) == text


@pytest.mark.parametrize(("seconds", "text"), [
    (0, "0 µs"), (890e-6, "890 µs"), (0.0567, "56.7 ms"), (1.2344, "1.234 s"), (12.3, "12.300 s"), (0.9996, "1.000 s"),
    (999.7e-6, "1 ms"), (99.94, "99.940 s"), (100, "1 min 40.0 s"), (119.97, "2 min 00.0 s"), (3599.97, "1 h 00 min"),
    (3725, "1 h 02 min"), (-0.25, "-250 ms"), (-150, "-2 min 30.0 s"),
])  # fmt: skip
def test_durations_are_written_to_the_digit_that_matters(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


@given(st.floats(0, 1e6))
def test_a_longer_duration_never_has_sixty_seconds(seconds: float) -> None:
    text = format_duration(seconds)
    assert "min 60" not in text
    assert "e+" not in text


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_size_is_asked_for(text: str) -> None:
    with pytest.raises(PlanError, match=r"^Write a size, such as 70M\.$"):
        parse_size(text)


@pytest.mark.parametrize("text", ["-5", "0", "\N{MINUS SIGN}70M", "101G"])
def test_an_amount_out_of_range_is_said_to_be_so(text: str) -> None:
    with pytest.raises(PlanError, match=f"^'{text}' is out of range: a size is from 1 to 100G"):
        parse_size(text)
