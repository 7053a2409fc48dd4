//! Reads what `strace` recorded.

use std::{collections::HashMap, path::Path};

/// The system calls that matter.
pub(crate) const CALLS: &str = "openat,creat,write,writev,pwrite64,pwritev,lseek,ftruncate,fsync,fdatasync,rename,renameat,\
                                renameat2,unlink,unlinkat,mkdir,mkdirat";

/// Begins the line that the recorded process writes to its standard error for each acknowledged commit.
pub(crate) const ACK: &str = "acknowledged ";

/// What happened to the disk. Paths are relative to the store's folder.
#[derive(Debug)]
pub(crate) enum Event {
    Create {
        path: String,
    },
    Write {
        path: String,
        at: u64,
        data: Vec<u8>,
    },
    Truncate {
        path: String,
        length: u64,
    },
    /// A sync began: what is written from here on is not covered by it.
    SyncBegins {
        path: String,
        thread: u32,
    },
    SyncEnds {
        path: String,
        thread: u32,
    },
    Rename {
        from: String,
        to: String,
    },
    Remove {
        path: String,
    },
    Acknowledged(u64),
}

/// The events of a trace that concern `store`, in the order in which the calls returned.
pub(crate) fn parse(text: &str, store: &Path) -> Vec<Event> {
    let mut parser = Parser {
        store: format!("{}/", store.display()),
        events: Vec::new(),
        unfinished: HashMap::new(),
        positions: HashMap::new(),
        lengths: HashMap::new(),
    };
    for line in text.lines() {
        parser.line(line);
    }
    parser.events
}

struct Parser {
    store: String,
    events: Vec<Event>,
    /// First halves of calls, by thread.
    unfinished: HashMap<u32, String>,
    /// Where the next plain write of each descriptor goes; `None` means to the end of the file.
    positions: HashMap<u32, Option<u64>>,
    lengths: HashMap<String, u64>,
}

impl Parser {
    fn line(&mut self, line: &str) {
        let Some((thread, rest)) = line.split_once(' ') else {
            return;
        };
        let Ok(thread) = thread.parse::<u32>() else {
            return;
        };
        let rest = rest.trim_start();
        if let Some(first) = rest.strip_suffix(" <unfinished ...>") {
            if let Some(path) = is_sync(first).then(|| self.path_of_descriptor(first)).flatten() {
                self.events.push(Event::SyncBegins { path, thread });
            }
            self.unfinished.insert(thread, first.to_owned());
        } else if rest.starts_with("<... ") {
            let second = rest.split_once("resumed>").map_or("", |(_, second)| second);
            let Some(first) = self.unfinished.remove(&thread) else {
                return;
            };
            self.call(&format!("{first}{second}"), thread, true);
        } else {
            self.call(rest, thread, false);
        }
    }

    fn call(&mut self, call: &str, thread: u32, begun: bool) {
        let Some((arguments, result)) = call.rsplit_once(" = ") else {
            return;
        };
        let Some((name, arguments)) = arguments.split_once('(') else {
            return;
        };
        if result.starts_with('-') {
            return;
        }
        let returned = number(result);
        if name == "write" && arguments.starts_with("2<") {
            let line = String::from_utf8_lossy(&strings(arguments).concat()).into_owned();
            if let Some(seq) = line.trim().strip_prefix(ACK) {
                self.events.push(Event::Acknowledged(seq.parse().unwrap()));
            }
            return;
        }
        match name {
            "openat" | "creat" => self.opened(arguments, result),
            "lseek" => drop(self.positions.insert(descriptor(arguments), Some(returned))),
            "write" | "writev" | "pwrite64" | "pwritev" => self.written(name, arguments, returned),
            "ftruncate" => {
                let Some(path) = self.path_of_descriptor(arguments) else {
                    return;
                };
                let length = number(arguments.rsplit(", ").next().unwrap_or_default());
                self.lengths.insert(path.clone(), length);
                self.events.push(Event::Truncate { path, length });
            }
            "fsync" | "fdatasync" => {
                let Some(path) = self.path_of_descriptor(arguments) else {
                    return;
                };
                if !begun {
                    self.events.push(Event::SyncBegins { path: path.clone(), thread });
                }
                self.events.push(Event::SyncEnds { path, thread });
            }
            "rename" | "renameat" | "renameat2" => {
                let names: Vec<_> = strings(arguments).into_iter().filter_map(|name| self.inside(&name)).collect();
                let [from, to] = names.as_slice() else { return };
                if let Some(length) = self.lengths.remove(from) {
                    self.lengths.insert(to.clone(), length);
                }
                self.events.push(Event::Rename { from: from.clone(), to: to.clone() });
            }
            "unlink" | "unlinkat" => {
                let directory = arguments.contains("AT_REMOVEDIR");
                let name = strings(arguments).pop().unwrap_or_default();
                if let Some(path) = self.inside(&name).filter(|_| !directory) {
                    self.lengths.remove(&path);
                    self.events.push(Event::Remove { path });
                }
            }
            _ => {}
        }
    }

    fn opened(&mut self, arguments: &str, result: &str) {
        let descriptor = descriptor(result);
        self.positions.insert(descriptor, if arguments.contains("O_APPEND") { None } else { Some(0) });
        let Some(path) = strings(arguments).pop().and_then(|name| self.inside(&name)) else {
            return;
        };
        if arguments.contains("O_CREAT") && !self.lengths.contains_key(&path) {
            self.lengths.insert(path.clone(), 0);
            self.events.push(Event::Create { path });
        } else if arguments.contains("O_TRUNC") {
            self.lengths.insert(path.clone(), 0);
            self.events.push(Event::Truncate { path, length: 0 });
        }
    }

    fn written(&mut self, name: &str, arguments: &str, returned: u64) {
        let Some(path) = self.path_of_descriptor(arguments) else {
            return;
        };
        let mut data = strings(arguments).concat();
        data.truncate(usize::try_from(returned).unwrap());
        let length = self.lengths.entry(path.clone()).or_default();
        let at = if name.starts_with('p') {
            number(arguments.trim_end_matches(')').rsplit(", ").next().unwrap_or_default())
        } else {
            let position = self.positions.entry(descriptor(arguments)).or_insert(Some(0));
            let at = position.unwrap_or(*length);
            if let Some(position) = position {
                *position += returned;
            }
            at
        };
        *length = (*length).max(at + returned);
        self.events.push(Event::Write { path, at, data });
    }

    /// The path in `5<\x2f…>`, relative to the store.
    fn path_of_descriptor(&self, arguments: &str) -> Option<String> {
        let arguments = arguments.split_once('(').map_or(arguments, |(_, arguments)| arguments);
        let (_, rest) = arguments.split_once('<')?;
        let (path, _) = rest.split_once('>')?;
        self.inside(&unhex(path))
    }

    fn inside(&self, path: &[u8]) -> Option<String> {
        let path = std::str::from_utf8(path).ok()?;
        if format!("{path}/") == self.store {
            return Some(String::new());
        }
        Some(path.strip_prefix(&self.store)?.to_owned())
    }
}

fn is_sync(call: &str) -> bool {
    call.starts_with("fsync(") || call.starts_with("fdatasync(")
}

/// The digits at the beginning, as a number.
fn number(text: &str) -> u64 {
    let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().unwrap_or(0)
}

fn descriptor(text: &str) -> u32 {
    u32::try_from(number(text)).unwrap()
}

/// Everything in quotes.
fn strings(arguments: &str) -> Vec<Vec<u8>> {
    arguments.split('"').skip(1).step_by(2).map(unhex).collect()
}

/// `\x2f\x74` as bytes.
fn unhex(text: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or(0).to_le_bytes()[0];
    text.as_bytes().chunks_exact(4).map(|escape| digit(escape[2]) << 4 | digit(escape[3])).collect()
}
