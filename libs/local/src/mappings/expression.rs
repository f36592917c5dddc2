//! Schedule expressions: `rate(5 minutes)`, `cron(0 10 ? * MON-FRI *)`, `at(2026-01-01T00:00:00)`, all in UTC.

use std::{collections::BTreeSet, str::FromStr, time::Duration};

use igny8_core::Timestamp;
use time::{Date, Month, OffsetDateTime};

use crate::place::{LocalError, Result};

/// When a schedule runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// Every so often, first that long after the start.
    Rate(Duration),
    /// Once.
    At(Timestamp),
    /// At the minutes that six fields name.
    Cron(Box<Cron>),
}

/// The fields of a cron expression, as the values they allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron {
    minutes: BTreeSet<u16>,
    hours: BTreeSet<u16>,
    /// `None` for `?`; the value 32 is the month's last day.
    days: Option<BTreeSet<u16>>,
    months: BTreeSet<u16>,
    /// `None` for `?`; 1 is Sunday.
    weekdays: Option<BTreeSet<u16>>,
    years: BTreeSet<u16>,
}

const LAST_DAY: u16 = 32;
const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

impl FromStr for Expression {
    type Err = LocalError;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || LocalError::Template(format!("{text} is no schedule expression"));
        let (kind, inner) = text.trim().strip_suffix(')').and_then(|text| text.split_once('(')).ok_or_else(wrong)?;
        match kind {
            "rate" => {
                let (count, unit) = inner.trim().split_once(' ').ok_or_else(wrong)?;
                let count: u64 = count.parse().ok().filter(|count| *count > 0).ok_or_else(wrong)?;
                // AWS insists on `1 minute` and `2 minutes`.
                let seconds = match (count, unit.trim()) {
                    (1, "minute") | (2.., "minutes") => 60,
                    (1, "hour") | (2.., "hours") => 3600,
                    (1, "day") | (2.., "days") => 86_400,
                    _ => return Err(wrong()),
                };
                Ok(Self::Rate(Duration::from_secs(count * seconds)))
            }
            "at" => format!("{inner}Z").parse().map(Self::At).map_err(|_| wrong()),
            "cron" => Cron::parse(inner).map(|cron| Self::Cron(Box::new(cron))).ok_or_else(wrong),
            _ => Err(wrong()),
        }
    }
}

impl Expression {
    /// The first time after `moment`.
    pub fn after(&self, moment: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Rate(every) => Some(moment + *every),
            Self::At(at) => (*at > moment).then_some(*at),
            Self::Cron(cron) => cron.after(moment),
        }
    }
}

impl Cron {
    fn parse(text: &str) -> Option<Self> {
        let [minutes, hours, days, months, weekdays, years] =
            text.split_whitespace().collect::<Vec<_>>().try_into().ok()?;
        // Exactly one of the two kinds of days is left open.
        if (days == "?") == (weekdays == "?") {
            return None;
        }
        Some(Self {
            minutes: field(minutes, 0, 59, &[])?,
            hours: field(hours, 0, 23, &[])?,
            days: match days {
                "?" => None,
                "L" => Some([LAST_DAY].into()),
                _ => Some(field(days, 1, 31, &[])?),
            },
            months: field(months, 1, 12, &MONTHS)?,
            weekdays: if weekdays == "?" { None } else { Some(field(weekdays, 1, 7, &WEEKDAYS)?) },
            years: field(years, 1970, 2199, &[])?,
        })
    }

    fn after(&self, moment: Timestamp) -> Option<Timestamp> {
        let begin = OffsetDateTime::from_unix_timestamp(moment.secs()).ok()?;
        let mut date = begin.date();
        // The time of day from which on to look; on later days, midnight.
        let mut floor = Some((u16::from(begin.hour()), u16::from(begin.minute())));
        let last = Date::from_calendar_date(i32::from(*self.years.last()?), Month::December, 31).ok()?;
        while date <= last {
            if self.on(date) {
                for hour in &self.hours {
                    for minute in &self.minutes {
                        if floor.is_none_or(|floor| (*hour, *minute) > floor) {
                            let time = date.with_hms(*hour as u8, *minute as u8, 0).ok()?.assume_utc();
                            return Some(Timestamp::from_millis(time.unix_timestamp() * 1000));
                        }
                    }
                }
            }
            floor = None;
            date = date.next_day()?;
        }
        None
    }

    fn on(&self, date: Date) -> bool {
        let weekday = u16::from(date.weekday().number_days_from_sunday()) + 1;
        let last = date.month().length(date.year());
        self.years.contains(&(date.year() as u16))
            && self.months.contains(&u16::from(u8::from(date.month())))
            && self.weekdays.as_ref().is_none_or(|days| days.contains(&weekday))
            && self.days.as_ref().is_none_or(|days| {
                days.contains(&u16::from(date.day())) || (days.contains(&LAST_DAY) && date.day() == last)
            })
    }
}

/// `*`, `5`, `1-5`, `1,3`, `0/15`, `*/15` and names.
fn field(text: &str, low: u16, high: u16, names: &[&str]) -> Option<BTreeSet<u16>> {
    let value = |text: &str| {
        let by_name = names.iter().position(|name| name.eq_ignore_ascii_case(text)).map(|at| at as u16 + low);
        by_name.or_else(|| text.parse().ok()).filter(|value| (low..=high).contains(value))
    };
    let mut out = BTreeSet::new();
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, step.parse().ok().filter(|step| *step > 0)?),
            None => (part, 1),
        };
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (low, high),
            Some((from, to)) => (value(from)?, value(to)?),
            None if part.contains('/') => (value(range)?, high),
            None => (value(range)?, value(range)?),
        };
        if from > to {
            return None;
        }
        out.extend((from..=to).step_by(step));
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(expression: &str, moment: &str) -> Option<String> {
        let expression: Expression = expression.parse().unwrap();
        expression.after(moment.parse().unwrap()).map(|next| next.to_string())
    }

    #[test]
    fn times_as_eventbridge_documents_them() {
        for (expression, moment, expected) in [
            ("rate(1 minute)", "2026-11-22T01:00:00Z", "2026-11-22T01:01:00.000Z"),
            ("rate(12 hours)", "2026-11-22T01:00:00Z", "2026-11-22T13:00:00.000Z"),
            ("at(2027-01-01T00:00:00)", "2026-11-22T01:00:00Z", "2027-01-01T00:00:00.000Z"),
            ("cron(0 10 * * ? *)", "2026-11-22T10:00:00Z", "2026-11-23T10:00:00.000Z"),
            ("cron(15 12 * * ? *)", "2026-11-22T12:14:59Z", "2026-11-22T12:15:00.000Z"),
            ("cron(0 18 ? * MON-FRI *)", "2026-11-20T19:00:00Z", "2026-11-23T18:00:00.000Z"),
            ("cron(0 8 1 * ? *)", "2026-11-22T01:00:00Z", "2026-12-01T08:00:00.000Z"),
            ("cron(0/15 * * * ? *)", "2026-11-22T23:46:00Z", "2026-11-23T00:00:00.000Z"),
            ("cron(0 0 L 2 ? *)", "2027-03-01T00:00:00Z", "2028-02-29T00:00:00.000Z"),
            ("cron(*/20 5,7 ? * SUN 2026-2027)", "2026-11-22T05:41:00Z", "2026-11-22T07:00:00.000Z"),
        ] {
            assert_eq!(next(expression, moment).as_deref(), Some(expected), "{expression}");
        }
        assert_eq!(next("at(2020-01-01T00:00:00)", "2026-11-22T01:00:00Z"), None);
        assert_eq!(next("cron(0 0 1 1 ? 2020)", "2026-11-22T01:00:00Z"), None);
    }

    #[test]
    fn nonsense_is_refused() {
        for nonsense in [
            "rate(1 minutes)",
            "rate(0 minutes)",
            "rate(5 minute)",
            "cron(0 10 * * *)",
            "cron(0 10 * * * *)",
            "cron(0 10 ? * ? *)",
            "cron(60 10 * * ? *)",
            "every(1 minute)",
            "0 10 * * ? *",
            "cron(0 10 5-1 * ? *)",
        ] {
            assert!(nonsense.parse::<Expression>().is_err(), "{nonsense}");
        }
    }
}
