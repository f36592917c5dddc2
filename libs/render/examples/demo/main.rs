//! Renders two small sites into `target/demo/`, to look at: `python3 -m http.server -d target/demo/en 8100 --bind 127.0.0.1`.
//!
//! A server that knows no extensionless addresses finds `/slug` through its folder.

mod content;

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use igny8_render::{Article, File, Site, check, render};

fn main() -> io::Result<()> {
    let target = env::current_exe()?.ancestors().nth(3).map_or_else(|| PathBuf::from("target"), PathBuf::from);
    write(&target.join("demo/en"), &content::site(), &content::articles())?;
    fs::write(target.join("demo/en/assets/wheel.svg"), include_str!("wheel.svg"))?;
    write(&target.join("demo/ar"), &content::arabic_site(), &content::arabic_articles())
}

#[expect(clippy::print_stdout, reason = "an example that people run")]
fn write(folder: &Path, site: &Site, articles: &[Article]) -> io::Result<()> {
    let mut files: Vec<File> = Vec::new();
    render(site, articles, &mut files);
    for file in &files {
        let path = folder.join(&file.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, &file.bytes)?;
    }
    for problem in check(&files) {
        println!("{problem}");
    }
    println!("{} files in {}", files.len(), folder.display());
    Ok(())
}
