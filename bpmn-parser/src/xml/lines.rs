//! Byte offsets to lines and columns.

use models::Position;

/// Starts of the lines of a text. A line ends with `\n`, `\r\n` or a lone `\r`, as in XML.
#[derive(Debug)]
pub(crate) struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    pub(crate) fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        let mut at = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            at += 1;
            if byte == b'\n' || byte == b'\r' {
                if byte == b'\r' && bytes.get(at) == Some(&b'\n') {
                    at += 1;
                }
                starts.push(to_u32(at));
            }
        }
        Self { starts }
    }

    /// Line and column of a byte offset; columns count UTF-16 units, as Java does.
    pub(crate) fn position(&self, text: &str, offset: usize) -> Position {
        let line = self.starts.partition_point(|&start| start as usize <= offset).max(1);
        let start = self.starts[line - 1] as usize;
        let column = text
            .get(start..offset)
            .map_or(0, |part| if part.is_ascii() { part.len() } else { part.chars().map(char::len_utf16).sum() });
        Position { line: to_u32(line), column: to_u32(column + 1) }
    }
}

/// Offsets fit: files are capped far below 4 GiB before they get here.
pub(crate) fn to_u32(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::LineIndex;

    fn place(text: &str, offset: usize) -> (u32, u32) {
        let position = LineIndex::new(text).position(text, offset);
        (position.line, position.column)
    }

    #[test]
    fn every_line_ending_counts_once() {
        let text = "a\r\nb\nc\rd";
        assert_eq!(place(text, 0), (1, 1));
        assert_eq!(place(text, 3), (2, 1));
        assert_eq!(place(text, 5), (3, 1));
        assert_eq!(place(text, 8), (4, 2));
    }

    #[test]
    fn columns_count_utf16_units() {
        assert_eq!(place("ä😀x", "ä😀".len()), (1, 4));
    }
}
