//! Forms: `name = text`, or `name @ file [as filename] [; media type]`; the filename `-` is none.

use std::{io::Write, path::Path};

const BOUNDARY: &str = "----pairs";

/// The body of a form and its media type.
pub(crate) fn multipart(parts: &[String], files: &Path) -> (Vec<u8>, String) {
    let mut body = Vec::new();
    for part in parts {
        write_part(&mut body, part, files).expect("writing to memory");
    }
    write!(body, "--{BOUNDARY}--\r\n").expect("writing to memory");
    (body, format!("multipart/form-data; boundary={BOUNDARY}"))
}

fn write_part(body: &mut Vec<u8>, part: &str, files: &Path) -> std::io::Result<()> {
    let (head, media_type) = match part.split_once(" ; ") {
        Some((head, media_type)) => (head, Some(media_type.trim())),
        None => (part, None),
    };
    let (name, rest) = head.split_once(' ').unwrap_or_else(|| panic!("`{part}`"));
    write!(body, "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"")?;
    let (content, media_type) = if let Some(text) = rest.strip_prefix('=') {
        (text.strip_prefix(' ').unwrap_or(text).as_bytes().to_vec(), media_type)
    } else {
        let rest = rest.strip_prefix('@').unwrap_or_else(|| panic!("`{part}`"));
        let (file, filename) = rest.split_once(" as ").unwrap_or((rest, rest));
        let filename = filename.trim();
        if filename != "-" {
            write!(body, "; filename=\"{filename}\"")?;
        }
        let content = std::fs::read(files.join(file.trim())).unwrap_or_else(|error| panic!("`{part}`: {error}"));
        (content, Some(media_type.unwrap_or("application/octet-stream")))
    };
    body.extend(b"\r\n");
    if let Some(media_type) = media_type {
        write!(body, "Content-Type: {media_type}\r\n")?;
    }
    body.extend(b"\r\n");
    body.extend(content);
    body.extend(b"\r\n");
    Ok(())
}
