//! How long it takes to prepare the clustering of the texts on stdin, one a line, how much memory, and how long the
//! comparison at its end. Run by `cargo xtask bench clustering`.
#![allow(clippy::print_stdout, reason = "a command talks to a terminal")]

use std::{io::Read, time::Instant};

use igny8_similarity::{Group, batches, same};

fn peak() -> std::io::Result<String> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    Ok(status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("?").trim().to_owned())
}

fn main() -> std::io::Result<()> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let texts: Vec<&str> = text.lines().collect();
    let start = Instant::now();
    let batches = batches(&texts, 30);
    let millis = start.elapsed().as_millis();
    println!("{} texts, {} batches, {millis} ms, peak {}", texts.len(), batches.len(), peak()?);
    // As if each answer had made three clusters.
    let group = |(answer, texts): (usize, &[usize])| Group { texts: texts.to_vec(), known_by: [answer as u32].into() };
    let groups: Vec<Group> =
        batches.iter().enumerate().flat_map(|(n, batch)| batch.chunks(10).map(move |some| group((n, some)))).collect();
    let start = Instant::now();
    let joined = same(&texts, &groups);
    let millis = start.elapsed().as_millis();
    println!("{} clusters compared, {} joined, {millis} ms, peak {}", groups.len(), joined.len(), peak()?);
    Ok(())
}
