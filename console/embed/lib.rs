//! The files of the web console, in the binary.
//!
//! `embed/build.rs` makes them with npm and says how a build goes without. The pages themselves are TypeScript, in `src`.

/// Name, relative with `/`, content, and that compressed by gzip where it gains by it, of every file, by name. Empty when the build
/// had no console.
static FILES: &[(&str, &[u8], Option<&[u8]>)] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// A file of the console.
#[derive(Clone, Copy, Debug)]
pub struct File {
    /// Media type.
    pub media_type: &'static str,
    /// Content.
    pub content: &'static [u8],
    /// The same compressed by gzip.
    pub gzip: Option<&'static [u8]>,
}

/// Whether this build has the console.
pub fn is_there() -> bool {
    !FILES.is_empty()
}

/// A file by its name, such as `index.html` or `assets/app-1f2e.js`.
pub fn file(name: &str) -> Option<File> {
    let at = FILES.binary_search_by(|(known, ..)| (*known).cmp(name)).ok()?;
    let (_, content, gzip) = FILES[at];
    Some(File { media_type: media_type(name), content, gzip })
}

/// Media type by the end of a name.
fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, end)| end) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript",
        "css" => "text/css",
        "svg" => "image/svg+xml",
        "json" | "map" => "application/json",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "ttf" => "font/ttf",
        "png" => "image/png",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_start_page_is_there_when_the_console_is() {
        assert_eq!(super::file("index.html").is_some(), super::is_there());
        assert!(super::file("no-such-file").is_none());
    }

    #[test]
    fn compressed_copies_belong_to_their_files() {
        for (name, content, gzip) in super::FILES {
            assert!(!std::path::Path::new(name).extension().is_some_and(|end| end == "gz"), "{name}");
            if let Some(gzip) = gzip {
                assert!(gzip.starts_with(&[0x1f, 0x8b]) && gzip.len() < content.len(), "{name}");
            }
        }
    }

    #[test]
    fn scripts_styles_and_fonts_have_the_types_that_browsers_ask_for() {
        for (name, media_type) in [
            ("assets/a.js", "text/javascript"),
            ("a.css", "text/css"),
            ("a.b.woff2", "font/woff2"),
            ("a", "application/octet-stream"),
        ] {
            assert_eq!(super::media_type(name), media_type);
        }
    }
}
