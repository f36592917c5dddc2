//! Reads one small file of our own making per kind of export, and holds the reader to its promises on any bytes.

#![expect(clippy::unwrap_used, reason = "the helpers of these tests fail like the tests do")]

use std::{fs, path::Path};

use igny8_core::{Error, ErrorKind};
use igny8_planning::{
    clean_keyword, export,
    import::{Entry, Import, ImportError, Limits, Row, Sheet, Source, read, read_within},
    normal_form,
};
use proptest::prelude::*;

fn sample(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exports").join(name)).unwrap()
}

#[test]
fn each_kind_of_export_reads_as_reviewed() {
    let mut names: Vec<String> = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exports"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names.len(), 11);
    for name in names {
        let import = read(&sample(&name)).unwrap();
        insta::assert_json_snapshot!(name.split('.').next().unwrap(), import);
    }
}

#[test]
fn recognises_every_tool() {
    let cases = [
        ("ahrefs_keywords_explorer_2026.csv", Source::AhrefsKeywordsExplorer),
        ("ahrefs_keywords_explorer_old.csv", Source::AhrefsKeywordsExplorer),
        ("ahrefs_site_explorer_2026.csv", Source::AhrefsSiteExplorer),
        ("semrush_keyword_magic.csv", Source::SemrushKeywordMagic),
        ("google_keyword_planner.csv", Source::GoogleKeywordPlanner),
        ("google_keyword_planner_preamble.csv", Source::GoogleKeywordPlanner),
        ("search_console.csv", Source::SearchConsole),
        ("search_console_compare.csv", Source::SearchConsole),
        ("spanish_windows_1252.csv", Source::Other),
        ("plain_utf16be_no_mark.txt", Source::Other),
    ];
    for (name, source) in cases {
        assert_eq!(read(&sample(name)).unwrap().source, source, "{name}");
    }
}

/// Writes a table in an encoding and with a delimiter.
fn written(rows: &[Vec<String>], delimiter: u8, quoted: bool, encoding: &str, line_break: &str) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .quote_style(if quoted { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary })
        .from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).unwrap();
    }
    let text = String::from_utf8(writer.into_inner().unwrap()).unwrap().replace('\n', line_break);
    let marked = format!("\u{feff}{text}");
    match encoding {
        "utf-8" => text.into_bytes(),
        "utf-8-mark" => marked.into_bytes(),
        "utf-16-le" => marked.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf-16-le-no-mark" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf-16-be" => marked.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        _ => unreachable!(),
    }
}

#[test]
fn the_way_of_writing_changes_nothing() {
    let headers = [
        "#, Keyword, Country, Difficulty, Volume, CPC, CPS, Parent Keyword, Last Update, SERP Features, Global volume, Traffic potential, Global traffic potential, First seen, Intents, Languages",
        "Keyword, Country code, Location, Language, Entities, SERP features, Volume, KD, CPC, Organic traffic, Paid traffic, Current position, Current URL, Current URL inside, Updated, Navigational, Informational, Commercial, Transactional, Branded, Local",
        "Keyword, Intent, Volume, Keyword Difficulty, CPC (USD), Competitive Density, SERP Features",
        "Keyword, Currency, Avg. monthly searches, Three month change, YoY change, Competition, Competition (indexed value), Top of page bid (low range), Top of page bid (high range)",
        "Top queries, Clicks, Impressions, CTR, Position",
        "Query, Clicks, Impressions, CTR, Position",
        "Search Queries, Last 28 days Clicks, Previous 28 days Clicks, Last 28 days CTR, Previous 28 days CTR",
    ];
    let sources = [
        Source::AhrefsKeywordsExplorer,
        Source::AhrefsSiteExplorer,
        Source::SemrushKeywordMagic,
        Source::GoogleKeywordPlanner,
        Source::SearchConsole,
        Source::SearchConsole,
        Source::SearchConsole,
    ];
    for (header, source) in headers.iter().zip(sources) {
        let names: Vec<String> = header.split(", ").map(str::to_owned).collect();
        let cell = |name: &str| match name {
            "Keyword" | "Top queries" | "Query" | "Search Queries" => "größe, \"M\"",
            "Volume" | "Avg. monthly searches" => "1200",
            "Difficulty" | "KD" | "Keyword Difficulty" => "17",
            "CPC" | "CPC (USD)" | "Top of page bid (high range)" => "0.75",
            "Transactional" => "true",
            "Intent" | "Intents" => "Transactional",
            _ => "",
        };
        let mut expected: Option<Import> = None;
        for turn in (0..names.len()).step_by(names.len().div_ceil(4)) {
            let mut order = names.clone();
            order.rotate_left(turn);
            let cells = order.iter().map(|name| cell(name).to_owned()).collect();
            let rows = [order, cells];
            for delimiter in *b",;\t" {
                for quoted in [true, false] {
                    for encoding in ["utf-8", "utf-8-mark", "utf-16-le", "utf-16-le-no-mark", "utf-16-be"] {
                        for line_break in ["\n", "\r\n", "\r"] {
                            let bytes = written(&rows, delimiter, quoted, encoding, line_break);
                            let import = read(&bytes).unwrap();
                            assert_eq!((import.source, import.rejected.len()), (source, 0));
                            assert_eq!(import.delimiter, Some(char::from(delimiter)));
                            let expected = &expected.get_or_insert_with(|| import.clone()).rows;
                            assert_eq!(&import.rows, expected, "{header} {turn} {delimiter} {quoted} {encoding}");
                        }
                    }
                }
            }
        }
        let row = &expected.unwrap().rows[0];
        assert_eq!((row.line, row.keyword.as_str()), (2, "größe, \"M\""));
        if source != Source::SearchConsole {
            assert_eq!((row.volume, row.cpc_cents), (Some(1200), Some(75)));
            assert_eq!(row.difficulty.is_some(), source != Source::GoogleKeywordPlanner);
        }
    }
}

fn messages(import: &Import) -> Vec<(u32, &str)> {
    import.rejected.iter().map(|rejected| (rejected.line, rejected.message.as_str())).collect()
}

#[test]
fn reports_each_line_that_it_does_not_take() {
    let long = "x".repeat(1 << 20);
    let text = format!(
        "Keyword,Volume,KD,CPC\n\
         good,10,20,1.5\n\
         negative,-5,20,1.5\n\
         {long},10,20,1.5\n\
         damaged,#REF!,,\n\
         hard,10,101,\n\
         shifted,1,234,20,1.5\n\
         \"open,10,20,1.5\n\
         ,10,20,1.5\n\
         nul\0l,10,,\n\
         short\n\
         \"two\nlines\",5\n\
         GOOD,7,,\n\
         ,,,\n\
         costly,1,1,99999999999\n"
    );
    let import = read(text.as_bytes()).unwrap();
    let keywords: Vec<(u32, &str)> = import.rows.iter().map(|row| (row.line, row.keyword.as_str())).collect();
    assert_eq!(keywords, [(2, "good"), (11, "short"), (12, "two lines")]);
    assert_eq!((import.duplicates.as_slice(), import.empty_lines), (&[14][..], 1));
    assert_eq!(
        messages(&import),
        [
            (3, "Volume: “-5” is negative."),
            (4, &*format!("Keyword: “{}…” is longer than 200 characters.", "x".repeat(40))),
            (5, "Volume: “#REF!” is not a number."),
            (6, "KD: “101” is over 100."),
            (7, "The line has 5 cells and the header 4. Put quotation marks around cells that hold the delimiter."),
            (
                8,
                "There is text between a closing quotation mark and the next cell. Write quotation marks inside a cell twice."
            ),
            (9, "Keyword: is empty."),
            (10, "Keyword: “nul\\u{0}l” holds the control character U+0000."),
            (16, "CPC: “99999999999” is too large."),
        ]
    );
    assert_eq!(import.lines_read(), 13);
}

#[test]
fn says_when_a_volume_is_not_the_file_s_own_number() {
    let notes = |text: &str| {
        let import = read(text.as_bytes()).unwrap();
        (import.rows.iter().map(|row| row.volume.unwrap()).collect::<Vec<_>>(), import.notes)
    };
    let note = |lines: u32| {
        format!("Lines whose volume is a range, read as its geometric mean (10,000 – 100,000 as 31,623): {lines}.")
    };
    let planner = "Keyword,Currency,Avg. monthly searches,Competition\n\
                   a,EUR,\"10,000 – 100,000\",Low\nb,EUR,10K – 100K,Low\nc,EUR,<10,Low\nd,EUR,500,Low\n";
    assert_eq!(notes(planner), (vec![31_623, 31_623, 3, 500], vec![note(3)]));
    let bounds = "Keyword,Min search volume,Max search volume\na,10000,100000\nb,70,70\n";
    assert_eq!(notes(bounds), (vec![31_623, 70], vec![note(1)]));
    assert_eq!(notes("Keyword,Volume\na,10000\n"), (vec![10_000], vec![]));
}

#[test]
fn refuses_whole_files_with_a_sentence() {
    let cases: [(&[u8], ErrorKind, &str); 7] = [
        (b"", ErrorKind::Invalid, "empty"),
        (b"\xef\xbb\xbf\r\n\r\n", ErrorKind::Invalid, "empty"),
        (b"PK\x03\x04\x14\0", ErrorKind::Unreadable, "Excel"),
        (b"Name,Volume\na,1\n", ErrorKind::Invalid, "“Name”, “Volume”"),
        (b",,,\n,,,\n", ErrorKind::Invalid, "No column for keywords"),
        (b"{\"keyword\": 1}", ErrorKind::Invalid, "No column for keywords"),
        (&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 14, 15, 16, 17], ErrorKind::Unreadable, "not a text file"),
    ];
    for (bytes, kind, words) in cases {
        let error = Error::from(read(bytes).unwrap_err());
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.detail().contains(words), "{error}");
    }
}

#[test]
fn a_header_alone_is_no_keywords_and_no_error() {
    for text in ["Keyword,Volume\n", "Keyword", "Top queries,Clicks,Impressions,CTR,Position\r\n,,,,\r\n"] {
        let import = read(text.as_bytes()).unwrap();
        assert_eq!(import.lines_read(), 0);
        assert!(import.notes[0].contains("no keywords"), "{:?}", import.notes);
    }
}

/// So many different keywords, each with something behind it.
fn numbered(count: usize, end: &str) -> String {
    let lines: Vec<String> = (0..count).map(|number| format!("keyword {number}{end}")).collect();
    lines.concat()
}

#[test]
fn keeps_to_its_limits() {
    let text = format!("Keyword\n{}", numbered(11, "\n\n"));
    let limits = |lines, bytes| Limits { bytes, lines };
    assert_eq!(read_within(text.as_bytes(), limits(11, 1000)).unwrap().rows.len(), 11);
    let error = read_within(text.as_bytes(), limits(10, 1000)).unwrap_err();
    assert_eq!(error, ImportError::TooManyLines { most: 10 });
    assert_eq!(Error::from(error).kind(), ErrorKind::TooLarge);
    assert_eq!(read_within(text.as_bytes(), limits(11, 100)).unwrap_err(), ImportError::TooLarge { most: 100 });
    let wide = format!("Keyword{}\n", ",x".repeat(998));
    assert!(read(wide.as_bytes()).is_ok());
    let wider = format!("Keyword{}\n", ",x".repeat(999));
    assert_eq!(read(wider.as_bytes()).unwrap_err(), ImportError::TooManyColumns { most: 999 });
}

#[test]
fn names_the_locale_where_the_file_does() {
    let text = "Keyword,Country,Language\na,us,English\nb,United States,es\nc,mx,\nd,,Klingon\ne,at,de\n";
    let locales: Vec<Option<String>> = read(text.as_bytes()).unwrap().rows.iter().map(Row::locale).collect();
    let expected = [Some("en-US"), Some("es"), None, None, Some("de-AT")];
    assert_eq!(locales, expected.map(|locale| locale.map(str::to_owned)));
}

#[test]
fn chunks_are_the_rows_again() {
    let text = format!("Keyword,Volume\n{}", numbered(7501, ",10\n"));
    let import = read(text.as_bytes()).unwrap();
    assert_eq!((import.rows.len(), import.chunks(100)), (7501, 76));
    let joined: Vec<_> = (0..import.chunks(100)).flat_map(|index| import.chunk(index, 100).to_vec()).collect();
    assert_eq!(joined, import.rows);
    assert!(import.chunk(76, 100).is_empty() && import.chunk(usize::MAX, usize::MAX).is_empty());
    assert_eq!((import.chunks(0), import.chunk(3, 0).len()), (7501, 0));
}

#[test]
fn a_sheet_gives_the_same_lines_one_by_one() {
    let bytes = sample("semrush_keyword_magic.csv");
    let import = read(&bytes).unwrap();
    let sheet = Sheet::open(&bytes, Limits::default()).unwrap();
    let entries: Vec<Entry> = sheet.entries().unwrap().collect();
    let rows: Vec<_> =
        entries.iter().filter_map(|entry| if let Entry::Row(row) = entry { Some(row) } else { None }).collect();
    assert_eq!(rows, import.rows.iter().collect::<Vec<_>>());
    assert_eq!(entries.len(), import.lines_read());
}

#[test]
fn no_cell_of_an_export_runs_as_a_formula() {
    let formulas = ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "＝1", "''+1", "' =1", "-", "=cmd|' /c calc'!A1"];
    let text = formulas.iter().fold("Keyword,Parent topic\n".to_owned(), |text, formula| text + formula + ",@a\n");
    // As typed by hand they lose one apostrophe, like cells that a spreadsheet marked as text.
    let import = read(text.as_bytes()).unwrap();
    let csv = export::csv(&import.rows).unwrap();
    let mut reader = csv::ReaderBuilder::new().from_reader(&csv[3..]);
    let mut cells = 0;
    for record in reader.records() {
        for cell in &record.unwrap() {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']), "{cell}");
            cells += 1;
        }
    }
    assert_eq!(cells, import.rows.len() * export::HEADERS.len());
    assert!(import.rows.iter().any(|row| row.keyword == "=cmd|' /c calc'!A1"));
    assert_eq!(
        read(&csv).unwrap().rows.iter().map(|row| &row.keyword).collect::<Vec<_>>(),
        import.rows.iter().map(|row| &row.keyword).collect::<Vec<_>>()
    );
}

#[test]
fn time_is_linear_in_hostile_files() {
    // Each line begins a quoted cell that no later line closes: the case that costs most, minutes if it were quadratic.
    let text = format!("Keyword,Volume\n{}", "a\",\"b\n".repeat(40_000));
    let start = std::time::Instant::now();
    let limits = Limits { bytes: usize::MAX, lines: usize::MAX };
    assert!(read_within(text.as_bytes(), limits).unwrap().lines_read() > 800);
    let commas = format!("Keyword,Volume\n{}", ",".repeat(1 << 20));
    assert_eq!(read(commas.as_bytes()).unwrap().empty_lines, 1);
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
}

fn text_of_a_keyword() -> impl Strategy<Value = String> {
    prop_oneof!["['=+@\\-\t ,;\"\r\na-c]{1,8}", "[^\u{fffd}]{1,20}", "\\PC{1,40}"]
        .prop_filter_map("no keyword", |text| clean_keyword(&text).ok())
}

proptest! {
    // No file of failures: one is written beside the sources, which an integration test does not have.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn never_panics_on_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
        let mut text = b"Keyword,Volume,KD,CPC,Intent\n".to_vec();
        text.extend(&bytes);
        let _ = read(&text);
        let mut wide = b"\xff\xfe".to_vec();
        wide.extend("Keyword\tVolume\n".encode_utf16().flat_map(u16::to_le_bytes));
        wide.extend(&bytes);
        let _ = read(&wide);
    }

    #[test]
    fn every_line_is_accounted_for(lines in prop::collection::vec("[a-c0-9,;\" .'=+-]{0,12}", 0..30)) {
        let text = format!("Keyword,Volume\n{}", lines.join("\n"));
        let import = read(text.as_bytes()).unwrap();
        let mut seen: Vec<u32> = import.rows.iter().map(|row| row.line)
            .chain(import.rejected.iter().map(|rejected| rejected.line)).chain(import.duplicates.iter().copied()).collect();
        seen.sort_unstable();
        let all = seen.len();
        seen.dedup();
        prop_assert_eq!(seen.len(), all, "a line in two places");
        prop_assert!(seen.iter().all(|line| (2..=lines.len() as u32 + 1).contains(line)));
        let quotes = lines.iter().any(|line| line.contains('"'));
        let last_is_nothing = lines.last().is_some_and(String::is_empty);
        if !quotes {
            prop_assert_eq!(all + import.empty_lines as usize, lines.len() - usize::from(last_is_nothing));
        }
        let mut forms: Vec<String> = import.rows.iter().map(|row| normal_form(&row.keyword)).collect();
        forms.sort_unstable();
        forms.dedup();
        prop_assert_eq!(forms.len(), import.rows.len());
        prop_assert_eq!(read(text.as_bytes()).unwrap(), import);
    }

    #[test]
    fn escaping_is_undone_exactly(cell in "['=+@\\-\t\r\n a＝]{0,6}") {
        let escaped = export::escape(&cell);
        prop_assert_eq!(export::unescape(&escaped), &cell);
    }

    #[test]
    fn an_export_reads_back_as_it_was(
        keywords in prop::collection::vec((
            text_of_a_keyword(),
            prop::option::of(0_u64..=1_000_000_000_000),
            prop::option::of(0_u8..=100),
            prop::option::of(any::<u32>()),
            prop::option::of(text_of_a_keyword()),
        ), 1..20)
    ) {
        let mut seen = std::collections::HashSet::new();
        let unknown = |topic: &String| !matches!(topic.as_str(), "n/a" | "N/A" | "–" | "—");
        let rows: Vec<_> = keywords.into_iter().filter(|(keyword, ..)| seen.insert(normal_form(keyword)))
            .map(|(keyword, volume, difficulty, cpc_cents, topic)| Row {
                line: 0, keyword, volume, difficulty, cpc_cents, intent: None, country: None, language: None,
                parent_topic: topic.filter(unknown),
            }).collect();
        let mut import = read(&export::csv(&rows).unwrap()).unwrap();
        prop_assert_eq!(&import.rejected, &[]);
        for row in &mut import.rows {
            row.line = 0;
        }
        prop_assert_eq!(import.rows, rows);
    }
}
