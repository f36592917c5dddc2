//! Quiet hours: when a schedule must not start anything, in the time zone of its owner.

use igny8_core::{Error, Result, Timestamp};
use jiff::{Zoned, civil::Time, tz::TimeZone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A daily time in which nothing is started. It may pass midnight, as 22:00 to 06:00.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// When it begins, as `22:00`.
    #[schema(example = "22:00", pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    pub from: String,
    /// When it ends, as `06:00`.
    #[schema(example = "06:00", pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    pub until: String,
    /// The time zone of both, by its IANA name.
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
}

impl QuietHours {
    /// Checks the three fields; an error names the field below `quiet_hours`.
    pub fn check(&self) -> Result<()> {
        let (from, until) = (time("quiet_hours.from", &self.from)?, time("quiet_hours.until", &self.until)?);
        if from == until {
            return Err(Error::invalid("quiet_hours.until", "must differ from quiet_hours.from"));
        }
        zone(&self.time_zone).map(|_| ())
    }

    /// The end of the quiet hours in which a moment falls; nothing when it does not.
    ///
    /// Errors: only what [`check`](Self::check) would have refused.
    pub fn end_after(&self, moment: Timestamp) -> Result<Option<Timestamp>> {
        let (from, until) = (time("quiet_hours.from", &self.from)?, time("quiet_hours.until", &self.until)?);
        let local = jiff::Timestamp::from_millisecond(moment.millis()).map_err(Error::internal)?;
        let local = local.to_zoned(zone(&self.time_zone)?);
        let now = local.time();
        let is_quiet = if from < until { from <= now && now < until } else { from <= now || now < until };
        if !is_quiet {
            return Ok(None);
        }
        let at = |day: &Zoned| day.with().time(until).build().map_err(Error::internal);
        let mut end = at(&local)?;
        if end <= local {
            end = at(&local.tomorrow().map_err(Error::internal)?)?;
        }
        Ok(Some(Timestamp::from_millis(end.timestamp().as_millisecond())))
    }
}

fn time(field: &str, text: &str) -> Result<Time> {
    let wrong = || Error::invalid(field, "must be a time of day as 22:00");
    if text.len() != 5 {
        return Err(wrong());
    }
    Time::strptime("%H:%M", text).map_err(|_| wrong())
}

fn zone(name: &str) -> Result<TimeZone> {
    TimeZone::get(name).map_err(|_| {
        Error::invalid("quiet_hours.time_zone", "must be the name of a time zone, as Europe/Berlin or UTC")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(from: &str, until: &str, time_zone: &str) -> QuietHours {
        QuietHours { from: from.to_owned(), until: until.to_owned(), time_zone: time_zone.to_owned() }
    }

    fn end(hours: &QuietHours, moment: &str) -> Option<String> {
        hours.end_after(moment.parse().unwrap()).unwrap().map(|end| end.to_string())
    }

    #[test]
    fn a_night_passes_midnight() {
        let night = hours("22:00", "06:00", "UTC");
        assert_eq!(end(&night, "2026-11-22T21:59:59Z"), None);
        assert_eq!(end(&night, "2026-11-22T22:00:00Z").as_deref(), Some("2026-11-23T06:00:00.000Z"));
        assert_eq!(end(&night, "2026-11-23T05:59:59Z").as_deref(), Some("2026-11-23T06:00:00.000Z"));
        assert_eq!(end(&night, "2026-11-23T06:00:00Z"), None);
    }

    #[test]
    fn an_afternoon_is_of_one_day() {
        let siesta = hours("13:00", "15:30", "Europe/Madrid");
        assert_eq!(end(&siesta, "2026-07-01T11:30:00Z").as_deref(), Some("2026-07-01T13:30:00.000Z"));
        assert_eq!(end(&siesta, "2026-12-01T11:30:00Z"), None, "in winter it is half past twelve");
    }

    #[test]
    fn a_clock_that_is_put_forward_does_not_lose_the_end() {
        // At 02:00 on this night Berlin's clocks go to 03:00: half past two is not there.
        let night = hours("23:00", "02:30", "Europe/Berlin");
        assert_eq!(end(&night, "2026-03-29T00:30:00Z").as_deref(), Some("2026-03-29T01:30:00.000Z"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let wrong = |hours: QuietHours| hours.check().unwrap_err().fields()[0].field.clone();
        assert_eq!(wrong(hours("24:00", "06:00", "UTC")), "quiet_hours.from");
        assert_eq!(wrong(hours("9:00", "06:00", "UTC")), "quiet_hours.from");
        assert_eq!(wrong(hours("22:00", "6am", "UTC")), "quiet_hours.until");
        assert_eq!(wrong(hours("22:00", "22:00", "UTC")), "quiet_hours.until");
        assert_eq!(wrong(hours("22:00", "06:00", "Mars/Olympus")), "quiet_hours.time_zone");
        hours("22:00", "06:00", "America/Argentina/Buenos_Aires").check().unwrap();
    }
}
