//! What counts, prices and damage look like in the wild.

use proptest::prelude::*;

use super::{Kind, Mark, Marks, Number, NumberError, read};

fn volume(cell: &str) -> Result<Option<u64>, NumberError> {
    read(cell, Kind::Volume, None).map(|number| number.map(Number::rounded))
}

fn cents(cell: &str) -> Result<Option<u64>, NumberError> {
    read(cell, Kind::Cpc, None).map(|number| number.map(Number::hundredths))
}

#[test]
fn reads_counts_of_every_spelling() {
    let cases = [
        ("1234", 1234),
        (" 1,234 ", 1234),
        ("1.234", 1234),
        ("1.234,5", 1235),
        ("1,234.4", 1234),
        ("10,000", 10_000),
        ("1.234.567", 1_234_567),
        ("1,00,000", 100_000),
        ("1 234", 1234),
        ("1\u{202f}234\u{a0}567,0", 1_234_567),
        ("1’234", 1234),
        ("10K", 10_000),
        ("1.2M", 1_200_000),
        ("1,2 Mio.", 1_200_000),
        ("1.234K", 1234),
        ("10 mil", 10_000),
        ("1.2E+05", 120_000),
        ("1e3", 1000),
        ("0", 0),
        ("0.4", 0),
        ("+5", 5),
        ("'500", 500),
        ("10 – 100", 32),
        ("10K–100K", 31_623),
        ("10-100", 32),
        ("10 to 100", 32),
        ("100 mil – 1 M", 316_228),
        ("0 – 10", 3),
        ("<10", 3),
        ("1M+", 1_000_000),
        (">100", 100),
    ];
    for (cell, expected) in cases {
        assert_eq!(volume(cell), Ok(Some(expected)), "{cell}");
    }
    for cell in ["", "  ", "N/A", "-", "–", "--", " --", "nan", "NULL"] {
        assert_eq!(volume(cell), Ok(None), "{cell:?}");
    }
}

#[test]
fn refuses_what_is_no_count() {
    for cell in ["-5", "−5", "-1,234", "- 5", "-1.5K"] {
        assert_eq!(volume(cell), Err(NumberError::Negative), "{cell}");
    }
    let damaged = [
        "12abc",
        "1,2,3",
        "1.2.3",
        "1,23,4",
        "#REF!",
        "#N/A",
        "=1+1",
        "12.",
        ".",
        "1..2",
        "1 2",
        "(5)",
        "5%",
        "1.234,567.8",
        "100 – 10",
        "10 –",
        "--5",
        "high",
        "1,234 5",
        "e5",
        "1e",
        "1e5.5",
        "Jan-10",
        "$5",
        "12 345 6",
        "٣",
        "1,,234",
    ];
    for cell in damaged {
        assert_eq!(volume(cell), Err(NumberError::Damaged), "{cell}");
    }
    for cell in ["1e99", "99999999999999999999999999999999999999999999", "9000b", "1e-128000"] {
        assert!(volume(cell).is_err(), "{cell}");
    }
    assert_eq!(volume(&"9".repeat(1 << 20)), Err(NumberError::Damaged));
}

#[test]
fn reads_prices() {
    let cases = [
        ("1.50", 150),
        ("1,5", 150),
        ("$1.23", 123),
        ("1,23 €", 123),
        ("US$ 0.755", 76),
        ("USD 2", 200),
        ("2.10 MXN", 210),
        ("1.234", 123),
        ("1,234.50", 123_450),
        ("0.004", 0),
    ];
    for (cell, expected) in cases {
        assert_eq!(cents(cell), Ok(Some(expected)), "{cell}");
    }
    assert_eq!(cents("-$5"), Err(NumberError::Negative));
    assert_eq!(cents("$-5"), Err(NumberError::Negative));
    assert_eq!(cents("$"), Err(NumberError::Damaged));
}

#[test]
fn a_column_decides_what_its_marks_mean() {
    let decimal = |cells: &[&str]| {
        let mut marks = Marks::default();
        for cell in cells {
            marks.watch(cell, Kind::Volume);
        }
        marks.decimal()
    };
    assert_eq!(decimal(&["1.234", "10", "N/A", "1,234"]), None);
    assert_eq!(decimal(&["1.234", "10,5"]), Some(Mark::Comma));
    assert_eq!(decimal(&["1.234.567"]), Some(Mark::Comma));
    assert_eq!(decimal(&["0.25", "1.234"]), Some(Mark::Point));
    assert_eq!(decimal(&["1,234.5 – 2,000.5"]), Some(Mark::Point));
    assert_eq!(decimal(&["0.25", "0,25"]), None);
    let with = |mark| read("1.234", Kind::Volume, Some(mark)).unwrap().unwrap().rounded();
    assert_eq!((with(Mark::Comma), with(Mark::Point)), (1234, 1));
}

proptest! {
    #[test]
    fn never_panics(cell in ".{0,90}", marks in "[0-9.,' –<>+eKk%$-]{0,20}") {
        for kind in [Kind::Volume, Kind::Difficulty, Kind::Cpc] {
            for decimal in [None, Some(Mark::Point), Some(Mark::Comma)] {
                for cell in [&cell, &marks] {
                    if let Ok(Some(number)) = read(cell, kind, decimal) {
                        prop_assert!(number.rounded() <= 1_000_000_000_000);
                    }
                }
            }
        }
    }

    #[test]
    fn reads_what_languages_write(value in 0_u64..=999_999_999_999, decimals in 0_u64..100) {
        let digits = value.to_string();
        let grouped = |mark: &str| {
            let mut text = String::new();
            for (index, digit) in digits.chars().enumerate() {
                if index > 0 && (digits.len() - index).is_multiple_of(3) {
                    text.push_str(mark);
                }
                text.push(digit);
            }
            text
        };
        for (thousands, point) in [(",", "."), (".", ","), (" ", ","), ("\u{a0}", "."), ("'", ".")] {
            let text = format!("{}{point}{decimals:02}", grouped(thousands));
            prop_assert_eq!(cents(&text), Ok(Some(value * 100 + decimals)), "{}", text);
            prop_assert_eq!(volume(&grouped(thousands)), Ok(Some(value)));
        }
    }
}
