//! The XML declaration, scanned as the Java parser scans it: three pseudo attributes in a fixed order.

use super::{chars::is_xml_space, reader::XmlError};

/// Which pseudo attribute may come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Version,
    Encoding,
    Standalone,
    Nothing,
}

/// Checks the declaration at the start of a text, if there is one.
pub(super) fn check_declaration(source: &str) -> Result<(), XmlError> {
    let Some(rest) = source.strip_prefix("<?xml").filter(|rest| rest.starts_with(is_xml_space)) else {
        return Ok(());
    };
    let mut scanner = Scanner { source, rest };
    let mut next = Next::Version;
    let mut spaced = scanner.skip_space();
    while !scanner.rest.starts_with('?') {
        let (name, value) = scanner.pseudo_attribute()?;
        next = match (next, name) {
            (Next::Version, "version") => {
                scanner.ensure(
                    spaced,
                    "White space is required before the version pseudo attribute in the XML declaration.",
                )?;
                if value != "1.0" && value != "1.1" {
                    return scanner
                        .fail(format!("XML version \"{value}\" is not supported, only XML 1.0 is supported."));
                }
                Next::Encoding
            }
            (Next::Version, _) => {
                return scanner.fail("The version is required in the XML declaration.");
            }
            (Next::Encoding, "encoding") => {
                scanner.ensure(spaced, SPACE_BEFORE_ENCODING)?;
                Next::Standalone
            }
            (Next::Encoding | Next::Standalone, "standalone") => {
                // The Java parser names the wrong attribute.
                scanner.ensure(spaced, SPACE_BEFORE_ENCODING)?;
                if value != "yes" && value != "no" {
                    return scanner.fail(format!(
                        "The standalone document declaration value must be \"yes\" or \"no\", not \"{value}\"."
                    ));
                }
                Next::Nothing
            }
            (Next::Encoding, _) => {
                return scanner.fail("The encoding declaration is required in the text declaration.");
            }
            (Next::Standalone, _) => {
                return scanner.fail("The standalone name in XML declaration may be misspelled.");
            }
            (Next::Nothing, _) => return scanner.fail("No more pseudo attributes are allowed."),
        };
        spaced = scanner.skip_space();
    }
    if next == Next::Version {
        return scanner.fail("The version is required in the XML declaration.");
    }
    scanner.ensure(scanner.rest.starts_with("?>"), "The XML declaration must end with \"?>\".")
}

const SPACE_BEFORE_ENCODING: &str =
    "White space is required before the encoding pseudo attribute in the XML declaration.";

struct Scanner<'s> {
    source: &'s str,
    rest: &'s str,
}

impl<'s> Scanner<'s> {
    fn fail<T>(&self, message: impl Into<String>) -> Result<T, XmlError> {
        Err(XmlError::new(message, self.source.len() - self.rest.len()))
    }

    fn ensure(&self, holds: bool, message: &str) -> Result<(), XmlError> {
        if holds { Ok(()) } else { self.fail(message) }
    }

    /// Whether there was white space to skip.
    fn skip_space(&mut self) -> bool {
        let before = self.rest.len();
        self.rest = self.rest.trim_start_matches(is_xml_space);
        self.rest.len() < before
    }

    fn pseudo_attribute(&mut self) -> Result<(&'static str, &'s str), XmlError> {
        if self.rest.is_empty() {
            return self.fail("Premature end of file.");
        }
        let name = ["version", "encoding", "standalone"].into_iter().find(|name| self.rest.starts_with(name));
        let Some(name) = name else {
            return self.fail("A pseudo attribute name is expected.");
        };
        self.rest = &self.rest[name.len()..];
        self.skip_space();
        match self.rest.strip_prefix('=') {
            Some(rest) => self.rest = rest,
            None => {
                return self.fail(format!("The ' = ' character must follow \"{name}\" in the XML declaration."));
            }
        }
        self.skip_space();
        let Some(quote) = self.rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
            return self
                .fail(format!("The value following \"{name}\" in the XML declaration must be a quoted string."));
        };
        let inside = &self.rest[1..];
        let Some(end) = inside.find(quote) else {
            return self.fail("Premature end of file.");
        };
        self.rest = &inside[end + 1..];
        Ok((name, &inside[..end]))
    }
}

#[cfg(test)]
mod tests {
    use super::check_declaration;

    fn message(declaration: &str) -> String {
        check_declaration(declaration).expect_err("the declaration is broken").message
    }

    #[test]
    fn sound_declarations_pass() {
        for sound in
            ["<?xml version='1.0'?>", "<?xml version = \"1.1\" encoding='x' standalone='no' ?>", "<?xmlx?>", ""]
        {
            assert_eq!(check_declaration(sound), Ok(()), "{sound}");
        }
    }

    #[test]
    fn broken_declarations_have_the_java_texts() {
        assert_eq!(message("<?xml encoding='UTF-8'?>"), "The version is required in the XML declaration.");
        assert_eq!(message("<?xml version='1.0'encoding='UTF-8'?>"), super::SPACE_BEFORE_ENCODING);
        assert_eq!(message("<?xml version='1.0' encodig='UTF-8'?>"), "A pseudo attribute name is expected.");
        assert_eq!(
            message("<?xml version='1.0' encoding='a' encoding='b'?>"),
            "The standalone name in XML declaration may be misspelled."
        );
        assert_eq!(
            message("<?xml version=1.0?>"),
            "The value following \"version\" in the XML declaration must be a quoted string."
        );
        assert_eq!(
            message("<?xml version='2.0'?>"),
            "XML version \"2.0\" is not supported, only XML 1.0 is supported."
        );
        assert_eq!(message("<?xml version='1.0'?<"), "The XML declaration must end with \"?>\".");
    }
}
