//! Reads real exports, when `IGNY8_SHARED` names the folder that holds `data/keywords/`; without it this skips, and
//! says so.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of a test that reports what it read")]

use std::{fs, path::PathBuf, time::Instant};

use igny8_planning::import::{Encoding, Import, Source, read};

/// The folder of the real files, if the environment names one.
fn folder() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "a test on files that are not in the repository")]
    let shared = std::env::var_os("IGNY8_SHARED");
    if shared.is_none() {
        println!("SKIPPED: set IGNY8_SHARED to the folder with data/keywords/ to read the real exports");
    }
    shared.map(|shared| PathBuf::from(shared).join("data/keywords"))
}

fn import(folder: &std::path::Path, name: &str) -> Import {
    let bytes = fs::read(folder.join(name)).unwrap();
    let start = Instant::now();
    let import = read(&bytes).unwrap();
    println!(
        "{name}: {} bytes in {:?}; {} lines read: {} keywords, {} duplicates, {} rejected; {} empty; {} with a volume",
        bytes.len(),
        start.elapsed(),
        import.lines_read(),
        import.rows.len(),
        import.duplicates.len(),
        import.rejected.len(),
        import.empty_lines,
        import.rows.iter().filter(|row| row.volume.is_some()).count(),
    );
    import
}

#[test]
fn reads_keyword_planner_search_console_and_an_empty_result() {
    let Some(folder) = folder() else { return };
    let planner = import(&folder, "gkp_auto-repair_es_utf16_preamble.csv");
    assert_eq!((planner.source, planner.encoding), (Source::GoogleKeywordPlanner, Encoding::Utf16Le));
    assert_eq!((planner.header_line, planner.lines_read(), planner.rejected.len()), (3, 2214, 0));
    let console = import(&folder, "gsc_queries_1000.csv");
    assert_eq!((console.source, console.lines_read(), console.rejected.len()), (Source::SearchConsole, 1000, 0));
    let empty = import(&folder, "gkp_empty-result_utf16_preamble.csv");
    assert_eq!((empty.source, empty.rows.len(), empty.rows[0].volume), (Source::GoogleKeywordPlanner, 1, Some(31_623)));
}
