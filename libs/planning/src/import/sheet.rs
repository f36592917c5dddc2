//! From cells to rows: one line of the file at a time.

use std::{borrow::Cow, collections::HashSet};

use super::{
    Column, Encoding, Field, Import, ImportError, Limits, Rejected, Row, Source, encoding, header, is_code,
    number::{self, Kind, Mark, Marks, Number},
    records::{Damage, Record, Records, is_blank},
};
use crate::{Intent, KeywordError, clean_keyword, export::unescape, normal_form};

/// What one line of a file became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A keyword that no line above has.
    Row(Row),
    /// A keyword that a line above has; its line.
    Duplicate(u32),
    /// A line that is not taken.
    Rejected(Rejected),
}

/// A file whose header has been read: what a preview needs, and the lines one by one, so that a caller may stop or go
/// in chunks without holding all of them.
pub struct Sheet<'a> {
    text: Cow<'a, str>,
    encoding: Encoding,
    note: Option<&'static str>,
    limits: Limits,
}

impl<'a> Sheet<'a> {
    /// Decodes a file and checks that it has a header.
    pub fn open(bytes: &'a [u8], limits: Limits) -> Result<Self, ImportError> {
        if bytes.len() > limits.bytes {
            return Err(ImportError::TooLarge { most: limits.bytes });
        }
        let encoding::Decoded { text, encoding, note } = encoding::decode(bytes)?;
        header::find(&text)?;
        Ok(Self { text, encoding, note, limits })
    }

    /// Iterates over the lines below the header.
    pub fn entries(&self) -> Result<Entries<'_>, ImportError> {
        Ok(Entries::new(header::find(&self.text)?))
    }

    /// Reads all lines.
    pub fn collect(&self) -> Result<Import, ImportError> {
        let mut entries = self.entries()?;
        let mut import = Import {
            source: entries.layout.source,
            encoding: self.encoding,
            delimiter: entries.layout.delimiter(),
            header_line: entries.layout.line,
            columns: entries.layout.columns.clone(),
            rows: Vec::new(),
            rejected: Vec::new(),
            duplicates: Vec::new(),
            empty_lines: 0,
            notes: self.note.map(str::to_owned).into_iter().collect(),
        };
        for entry in entries.by_ref() {
            if import.lines_read() >= self.limits.lines {
                return Err(ImportError::TooManyLines { most: self.limits.lines });
            }
            match entry {
                Entry::Row(row) => import.rows.push(row),
                Entry::Duplicate(line) => import.duplicates.push(line),
                Entry::Rejected(rejected) => import.rejected.push(rejected),
            }
        }
        import.empty_lines = entries.empty_lines;
        if import.lines_read() == 0 {
            import.notes.push("The file has a header and no keywords below it.".to_owned());
        }
        if entries.unknown_intents > 0 {
            import.notes.push(format!("Lines with an unknown intent, read without one: {}.", entries.unknown_intents));
        }
        if entries.ranges > 0 {
            import.notes.push(format!(
                "Lines whose volume is a range, read as its geometric mean (10,000 – 100,000 as 31,623): {}.",
                entries.ranges
            ));
        }
        if entries.layout.source == Source::SearchConsole {
            import.notes.push(
                "Search Console has no search volume, difficulty or CPC; its impressions are not a volume and were not read."
                    .to_owned(),
            );
        }
        Ok(import)
    }
}

/// Where each field stands.
struct Places {
    keyword: usize,
    volume: Option<usize>,
    volume_min: Option<usize>,
    volume_max: Option<usize>,
    difficulty: Option<usize>,
    cpc: Option<usize>,
    intent: Option<usize>,
    /// The columns that are true or false, by the weight of their intent.
    flags: [(Option<usize>, Intent); 4],
    country: Option<usize>,
    language: Option<usize>,
    parent_topic: Option<usize>,
}

impl Places {
    fn of(layout: &header::Layout<'_>) -> Self {
        let at = |field| layout.index(field);
        Self {
            // A layout always has one.
            keyword: at(Field::Keyword).unwrap_or_default(),
            volume: at(Field::Volume),
            volume_min: at(Field::VolumeMin),
            volume_max: at(Field::VolumeMax),
            difficulty: at(Field::Difficulty),
            cpc: at(Field::Cpc),
            intent: at(Field::Intent),
            flags: Intent::BY_WEIGHT.map(|intent| {
                let field = match intent {
                    Intent::Informational => Field::Informational,
                    Intent::Navigational => Field::Navigational,
                    Intent::Commercial => Field::Commercial,
                    Intent::Transactional => Field::Transactional,
                };
                (at(field), intent)
            }),
            country: at(Field::Country),
            language: at(Field::Language),
            parent_topic: at(Field::ParentTopic),
        }
    }
}

/// Iterates over the lines of a [`Sheet`] that hold something.
pub struct Entries<'a> {
    layout: header::Layout<'a>,
    records: Records<'a>,
    places: Places,
    /// The decimal marks that the columns show.
    volume_mark: Option<Mark>,
    cpc_mark: Option<Mark>,
    seen: HashSet<String>,
    empty_lines: u32,
    unknown_intents: u32,
    /// Lines whose volume was made of a range.
    ranges: u32,
}

impl<'a> Entries<'a> {
    fn new(layout: header::Layout<'a>) -> Self {
        let places = Places::of(&layout);
        let (mut volumes, mut prices) = (Marks::default(), Marks::default());
        for record in layout.body.clone() {
            let Ok(cells) = record.cells else { continue };
            let cell = |at: Option<usize>| at.and_then(|at| cells.get(at));
            for place in [places.volume, places.volume_min, places.volume_max] {
                if let Some(cell) = cell(place) {
                    volumes.watch(cell, Kind::Volume);
                }
            }
            if let Some(cell) = cell(places.cpc) {
                prices.watch(cell, Kind::Cpc);
            }
        }
        Self {
            records: layout.body.clone(),
            places,
            volume_mark: volumes.decimal(),
            // One file, one locale; but prices show it in more lines than volumes, so theirs counts first.
            cpc_mark: prices.decimal().or(volumes.decimal()),
            seen: HashSet::new(),
            empty_lines: 0,
            unknown_intents: 0,
            ranges: 0,
            layout,
        }
    }

    /// The tool that wrote the file.
    pub const fn source(&self) -> Source {
        self.layout.source
    }

    /// Every column with what it is read as.
    pub fn columns(&self) -> &[Column] {
        &self.layout.columns
    }

    /// How many lines without any content were skipped so far.
    pub const fn empty_lines(&self) -> u32 {
        self.empty_lines
    }

    /// The header of a column, for a message.
    fn header(&self, at: usize) -> &str {
        self.layout.columns.get(at).map_or("", |column| column.header.as_str())
    }

    fn entry(&mut self, record: &Record<'_>) -> Entry {
        let line = record.line;
        let row = match &record.cells {
            Ok(cells) => self.row(line, cells),
            Err(damage) => Err(damage_message(*damage)),
        };
        match row {
            Err(message) => Entry::Rejected(Rejected { line, message }),
            Ok(row) if self.seen.insert(normal_form(&row.keyword)) => Entry::Row(row),
            Ok(_) => Entry::Duplicate(line),
        }
    }

    /// Makes a row of the cells of a line, or says what is wrong.
    fn row(&mut self, line: u32, cells: &[Cow<'_, str>]) -> Result<Row, String> {
        let surplus = cells.iter().skip(self.layout.columns.len()).any(|cell| !is_blank(cell));
        if surplus {
            return Err(format!(
                "The line has {} cells and the header {}. Put quotation marks around cells that hold the delimiter.",
                cells.iter().rposition(|cell| !is_blank(cell)).map_or(0, |last| last + 1),
                self.layout.columns.len()
            ));
        }
        let keyword = self.keyword(cells, self.places.keyword)?;
        let volume = self.volume(cells)?;
        let difficulty = match self.number(cells, self.places.difficulty, Kind::Difficulty, None)? {
            Some((at, number)) if number.is_above(100) => return Err(self.wrong(cells, at, "is over 100")),
            found => found.map(|(_, number)| number.rounded() as u8),
        };
        let cpc_cents = match self.number(cells, self.places.cpc, Kind::Cpc, self.cpc_mark)? {
            None => None,
            Some((at, number)) => {
                Some(u32::try_from(number.hundredths()).map_err(|_| self.wrong(cells, at, "is too large"))?)
            }
        };
        let parent_topic = match self.places.parent_topic {
            Some(at) if filled(cells, Some(at)).is_some_and(|cell| !is_unknown(cell)) => Some(self.keyword(cells, at)?),
            _ => None,
        };
        let intent = self.intent(cells);
        let place = |cell: &str| {
            let cell = cell.trim();
            if is_code(cell, 2..=2) { cell.to_uppercase() } else { cell.to_owned() }
        };
        let language = |cell: &str| {
            // Ahrefs lists several; the first is the most frequent.
            let first = cell.split([',', ';']).next().unwrap_or_default().trim();
            if is_code(first, 2..=3) { first.to_lowercase() } else { first.to_owned() }
        };
        Ok(Row {
            line,
            keyword,
            volume,
            difficulty,
            cpc_cents,
            intent,
            country: self.label(cells, self.places.country, place)?,
            language: self.label(cells, self.places.language, language)?,
            parent_topic,
        })
    }

    /// What is wrong with a cell, for the user.
    fn wrong(&self, cells: &[Cow<'_, str>], at: usize, what: &str) -> String {
        let value = cells.get(at).map_or("", |cell| cell.trim());
        let mut shown: String = value.chars().take(40).flat_map(shown_char).collect();
        if value.chars().nth(40).is_some() {
            shown.push('…');
        }
        format!("{}: \u{201c}{shown}\u{201d} {what}.", self.header(at))
    }

    fn keyword(&self, cells: &[Cow<'_, str>], at: usize) -> Result<String, String> {
        let cell = cells.get(at).map_or("", |cell| unescape(cell));
        clean_keyword(cell).map_err(|error| match error {
            KeywordError::Empty => format!("{}: is empty.", self.header(at)),
            error => self.wrong(cells, at, &error.to_string()),
        })
    }

    /// A number and the column that it stands in.
    fn number(
        &self,
        cells: &[Cow<'_, str>],
        at: Option<usize>,
        kind: Kind,
        mark: Option<Mark>,
    ) -> Result<Option<(usize, Number)>, String> {
        let Some((at, cell)) = at.and_then(|at| Some((at, cells.get(at)?))) else { return Ok(None) };
        match number::read(cell, kind, mark) {
            Ok(number) => Ok(number.map(|number| (at, number))),
            Err(error) => Err(self.wrong(cells, at, &error.to_string())),
        }
    }

    /// The volume, or what lies between the bounds that Keyword Planner gives instead.
    fn volume(&mut self, cells: &[Cow<'_, str>]) -> Result<Option<u64>, String> {
        let read = |at| self.number(cells, at, Kind::Volume, self.volume_mark);
        let exact = read(self.places.volume)?;
        let low = read(self.places.volume_min)?;
        let high = read(self.places.volume_max)?;
        let cell_is_range = |at: usize| cells.get(at).is_some_and(|cell| number::is_range(cell, Kind::Volume));
        let (number, is_range) = match (exact, low, high) {
            (None, Some((_, low)), Some((_, high))) => (Some(Number::of_range(low, high)), low != high),
            (Some((at, one)), ..) | (None, Some((at, one)), None) | (None, None, Some((at, one))) => {
                (Some(one), cell_is_range(at))
            }
            (None, None, None) => (None, false),
        };
        self.ranges = self.ranges.saturating_add(u32::from(is_range));
        Ok(number.map(Number::rounded))
    }

    fn intent(&mut self, cells: &[Cow<'_, str>]) -> Option<Intent> {
        if let Some(cell) = filled(cells, self.places.intent).filter(|cell| !is_unknown(cell)) {
            let primary = Intent::primary(cell);
            let is_unknown = primary.is_none() && !Intent::is_other_label(cell);
            self.unknown_intents = self.unknown_intents.saturating_add(u32::from(is_unknown));
            if primary.is_some() {
                return primary;
            }
        }
        let is_set = |at| {
            filled(cells, at).is_some_and(|cell| {
                ["true", "1", "yes", "y", "x", "✓", "wahr", "verdadero", "vrai"].contains(&cell.to_lowercase().as_str())
            })
        };
        self.places.flags.iter().find(|(at, _)| is_set(*at)).map(|(_, intent)| *intent)
    }

    /// A short text that is kept as it is.
    fn label(
        &self,
        cells: &[Cow<'_, str>],
        at: Option<usize>,
        made: impl Fn(&str) -> String,
    ) -> Result<Option<String>, String> {
        let Some((at, cell)) = at.and_then(|at| Some((at, filled(cells, Some(at))?))) else { return Ok(None) };
        if is_unknown(cell) {
            return Ok(None);
        }
        match clean_keyword(&made(unescape(cell))) {
            Ok(label) => Ok(Some(label)),
            Err(KeywordError::Empty) => Ok(None),
            Err(error) => Err(self.wrong(cells, at, &error.to_string())),
        }
    }
}

impl Iterator for Entries<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        loop {
            let record = self.records.next()?;
            // In a file of one column, a line of mere delimiters is empty too.
            let is_empty = record.is_blank()
                || (self.layout.columns.len() == 1
                    && record.cells.as_ref().is_ok_and(|cells| {
                        cells.iter().all(|cell| cell.chars().all(|c| matches!(c, ',' | ';') || c.is_whitespace()))
                    }));
            if !is_empty {
                return Some(self.entry(&record));
            }
            self.empty_lines = self.empty_lines.saturating_add(1);
        }
    }
}

/// The cell of a column, trimmed, if it holds something.
fn filled<'c>(cells: &'c [Cow<'_, str>], at: Option<usize>) -> Option<&'c str> {
    let cell = cells.get(at?)?.trim();
    (!is_blank(cell)).then_some(cell)
}

/// What tools write into a text cell for "unknown".
fn is_unknown(cell: &str) -> bool {
    ["-", "–", "—", "--", "n/a", "N/A"].contains(&cell)
}

/// A character of a cell in a message: control characters must not reach a terminal or a log.
fn shown_char(c: char) -> impl Iterator<Item = char> {
    let safe = if c.is_whitespace() { ' ' } else { c };
    let escaped = safe.is_control().then(|| safe.escape_unicode());
    let plain = escaped.is_none().then_some(safe);
    escaped.into_iter().flatten().chain(plain)
}

fn damage_message(damage: Damage) -> String {
    match damage {
        Damage::Unclosed => "A quotation mark is opened on this line and never closed.".to_owned(),
        Damage::TextAfterQuote => {
            "There is text between a closing quotation mark and the next cell. Write quotation marks inside a cell twice."
                .to_owned()
        }
        Damage::TooManyCells => "The line has too many cells.".to_owned(),
    }
}
