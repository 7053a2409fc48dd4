//! What a disk may hold when the power goes: everything that was synced, and any part of what was not.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    os::unix::fs::FileExt as _,
    path::Path,
};

use crate::record::Event;

/// What a disk writes at once.
const SECTOR: u64 = 512;

/// Pseudo-random choices that a seed repeats.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

#[derive(Clone)]
enum Change {
    Write { at: u64, data: Vec<u8> },
    Truncate(u64),
}

/// Bytes of a file. Journals are made long and empty, so the zeros at the end are not held.
#[derive(Clone, Default)]
struct Bytes {
    written: Vec<u8>,
    length: u64,
}

/// A file's content, apart from its name.
#[derive(Default)]
struct Content {
    synced: Bytes,
    unsynced: Vec<Change>,
    /// Changes at the beginning of `unsynced` that a sync under way covers, by thread.
    syncing: BTreeMap<u32, usize>,
}

/// A change of names, on disk once the folder has been synced.
enum Naming {
    Create { path: String, file: usize },
    Rename { from: String, to: String },
    Remove { path: String },
}

impl Naming {
    fn path(&self) -> &str {
        match self {
            Self::Create { path, .. } | Self::Remove { path } => path,
            Self::Rename { to, .. } => to,
        }
    }

    fn apply(&self, names: &mut BTreeMap<String, usize>) {
        match self {
            Self::Create { path, file } => drop(names.insert(path.clone(), *file)),
            Self::Rename { from, to } => {
                if let Some(file) = names.remove(from) {
                    names.insert(to.clone(), file);
                }
            }
            Self::Remove { path } => drop(names.remove(path)),
        }
    }
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The disk with a store's folder on it.
#[derive(Default)]
pub(crate) struct Disk {
    files: Vec<Content>,
    /// Names as the process sees them, and as they are on disk for certain.
    names: BTreeMap<String, usize>,
    synced_names: BTreeMap<String, usize>,
    unsynced_names: Vec<Naming>,
}

impl Disk {
    pub(crate) fn apply(&mut self, event: &Event) {
        match event {
            Event::Create { path } => {
                let file = self.files.len();
                self.files.push(Content::default());
                self.rename(Naming::Create { path: path.clone(), file });
            }
            Event::Rename { from, to } => self.rename(Naming::Rename { from: from.clone(), to: to.clone() }),
            Event::Remove { path } => self.rename(Naming::Remove { path: path.clone() }),
            Event::Write { path, at, data } => self.change(path, Change::Write { at: *at, data: data.clone() }),
            Event::Truncate { path, length } => self.change(path, Change::Truncate(*length)),
            Event::SyncBegins { path, thread } => {
                if let Some(file) = self.names.get(path) {
                    let file = &mut self.files[*file];
                    file.syncing.insert(*thread, file.unsynced.len());
                }
            }
            Event::SyncEnds { path, thread } => match self.names.get(path) {
                Some(file) => self.sync_file(*file, *thread),
                None => self.sync_folder(path),
            },
            Event::Acknowledged(_) => {}
        }
    }

    fn rename(&mut self, naming: Naming) {
        naming.apply(&mut self.names);
        self.unsynced_names.push(naming);
    }

    fn change(&mut self, path: &str, change: Change) {
        let file = self.names.get(path).unwrap_or_else(|| panic!("`{path}` is written before it is made"));
        self.files[*file].unsynced.push(change);
    }

    fn sync_file(&mut self, file: usize, thread: u32) {
        let content = &mut self.files[file];
        let covered = content.syncing.remove(&thread).unwrap_or(0).min(content.unsynced.len());
        for change in content.unsynced.drain(..covered) {
            apply(&mut content.synced, &change);
        }
        for others in content.syncing.values_mut() {
            *others = others.saturating_sub(covered);
        }
        // As on ext4 and xfs, a synced file can be found: its creation was logged before.
        let position = self
            .unsynced_names
            .iter()
            .position(|naming| matches!(naming, Naming::Create { file: created, .. } if *created == file));
        if let Some(position) = position {
            self.unsynced_names.remove(position).apply(&mut self.synced_names);
        }
    }

    fn sync_folder(&mut self, folder: &str) {
        let names = &mut self.synced_names;
        self.unsynced_names.retain(|naming| {
            let synced = folder_of(naming.path()) == folder;
            if synced {
                naming.apply(names);
            }
            !synced
        });
    }

    /// Writes one of the states that the disk may be in into the folder `image`.
    pub(crate) fn write_image(&self, image: &Path, chance: &mut Chance) {
        let mut names = self.synced_names.clone();
        // Names are logged in order: some of the first are there, none behind one that is not.
        let arrived = chance.below(self.unsynced_names.len() as u64 + 1);
        for naming in &self.unsynced_names[..usize::try_from(arrived).unwrap()] {
            naming.apply(&mut names);
        }
        fs::create_dir_all(image).unwrap();
        for folder in self.names.keys().chain(names.keys()).map(|path| folder_of(path)) {
            fs::create_dir_all(image.join(folder)).unwrap();
        }
        for (path, file) in names {
            let content = self.files[file].after_power_cut(chance);
            let file = File::create(image.join(path)).unwrap();
            file.set_len(content.length).unwrap();
            file.write_all_at(&content.written, 0).unwrap();
        }
    }
}

fn apply(content: &mut Bytes, change: &Change) {
    match change {
        Change::Truncate(length) => {
            content.written.truncate(usize::try_from(*length).unwrap());
            content.length = *length;
        }
        Change::Write { at, data } => {
            let at = usize::try_from(*at).unwrap();
            let end = at + data.len();
            if content.written.len() < end {
                content.written.resize(end, 0);
            }
            content.written[at..end].copy_from_slice(data);
            content.length = content.length.max(end as u64);
        }
    }
}

impl Content {
    /// The synced content with some of the rest: nothing, everything, a beginning, or sectors here and there.
    fn after_power_cut(&self, chance: &mut Chance) -> Bytes {
        let mut content = self.synced.clone();
        let manner = chance.below(4);
        let beginning = chance.below(self.unsynced.len() as u64 + 1);
        for (number, change) in self.unsynced.iter().enumerate() {
            let arrives = match manner {
                0 => false,
                1 => true,
                2 => (number as u64) < beginning,
                _ => {
                    apply_in_part(&mut content, change, chance);
                    false
                }
            };
            if arrives {
                apply(&mut content, change);
            }
        }
        content
    }
}

/// Lets each sector of a write arrive or not.
fn apply_in_part(content: &mut Bytes, change: &Change, chance: &mut Chance) {
    let Change::Write { at, data } = change else {
        if chance.below(2) == 0 {
            apply(content, change);
        }
        return;
    };
    let end = at + data.len() as u64;
    let mut begin = *at;
    while begin < end {
        let next = ((begin / SECTOR + 1) * SECTOR).min(end);
        if chance.below(2) == 0 {
            let part = usize::try_from(begin - at).unwrap()..usize::try_from(next - at).unwrap();
            apply(content, &Change::Write { at: begin, data: data[part].to_vec() });
        }
        begin = next;
    }
}
