//! Runs the binary.

use std::{
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

/// What a command did.
#[derive(Debug)]
pub(crate) struct Ran {
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
    /// Exit code.
    pub(crate) code: i32,
}

impl Ran {
    /// The output as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// A command with the environment of a test: no colours, no settings of the machine.
pub(crate) fn tollgate() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tollgate"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("TOLLGATE_")) {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

/// Runs it.
pub(crate) fn run<I, A>(arguments: I) -> Ran
where
    I: IntoIterator<Item = A>,
    A: AsRef<std::ffi::OsStr>,
{
    finish(tollgate().args(arguments), "")
}

/// Runs a command with something on standard input.
pub(crate) fn finish(command: &mut Command, input: &str) -> Ran {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs");
    // a command that ends early does not read its input
    let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
    let output = child.wait_with_output().expect("the binary ends");
    Ran {
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
        code: output.status.code().unwrap_or(-1),
    }
}

/// A folder with files, removed at the end.
pub(crate) fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, content) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders can be made");
        std::fs::write(path, content).expect("files can be written");
    }
    folder
}

/// A path below a folder as text.
pub(crate) fn at(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).to_string_lossy().into_owned()
}

/// The example models of the project.
pub(crate) fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

/// A model with one executable process around some elements.
pub(crate) fn model(key: &str, elements: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="http://tollgate/tests">
  <process id="{key}" isExecutable="true" camunda:historyTimeToLive="P30D">
{elements}
  </process>
</definitions>
"#
    )
}

/// A server of its own, stopped when dropped.
pub(crate) struct Server {
    child: Child,
    /// Its address, `http://127.0.0.1:port`.
    pub(crate) url: String,
}

impl Server {
    /// Starts `tollgate serve` on a free port.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::spawn(tollgate().arg("serve").args(["--listen", "127.0.0.1:0"]).args(arguments))
    }

    /// Waits for a server to be ready.
    pub(crate) fn spawn(command: &mut Command) -> Self {
        Self::wait_for(command.stderr(Stdio::piped()))
    }

    /// Waits for a server to be ready; its log goes to a file.
    pub(crate) fn spawn_with_log(command: &mut Command, log: &Path) -> Self {
        Self::wait_for(command.stderr(std::fs::File::create(log).expect("files can be written")))
    }

    fn wait_for(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the server starts");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let url = loop {
            match lines.next() {
                Some(Ok(line)) => {
                    if let Some(url) = line.trim().strip_prefix("REST API").map(str::trim) {
                        break url.trim_end_matches("/engine-rest").to_owned();
                    }
                }
                _ => {
                    let mut error = String::new();
                    let _ = child.stderr.take().map(|mut pipe| pipe.read_to_string(&mut error));
                    panic!("the server did not start: {error}");
                }
            }
        };
        // the pipe is read on, so that the server never waits for it
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url }
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Runs a client command against it.
    pub(crate) fn client(&self, arguments: &[&str]) -> Ran {
        finish(tollgate().args(arguments).env("TOLLGATE_SERVER", &self.url), "")
    }

    /// Stops it as a service manager does, and waits.
    pub(crate) fn stop(&mut self) {
        let _ = Command::new("kill").arg(self.id().to_string()).status();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
