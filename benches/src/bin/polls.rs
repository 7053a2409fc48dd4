//! How soon a waiting long poll gets a task that arrives, over HTTP.
//!
//! ```text
//! cargo run --release -p tollgate-benches --bin polls -- [--tollgate target/release/tollgate] [--store fjall] [--rounds 2000] [--waiting 200]
//! ```
//! In each round a poll waits, a process is started whose first activity is an external task of its topic, and the poll is answered. `arrival`
//! is from sending the start to the answer of the poll, so that it includes the start's own commit; `delivery` from the answer of the start.
//! Other polls wait for other topics meanwhile. Prints one JSON object.

#![expect(clippy::print_stdout, reason = "standard output is where the figures go")]

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use tollgate_benches::meter;

const MODEL: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="t">
  <process id="poll" isExecutable="true" camunda:historyTimeToLive="P1D">
    <startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="w"/>
    <serviceTask id="w" camunda:type="external" camunda:topic="wanted"/>
  </process></definitions>"#;

/// How soon a waiting long poll gets a task.
#[derive(Debug, Parser)]
struct Args {
    /// The server's program.
    #[arg(long, default_value = "target/release/tollgate")]
    tollgate: PathBuf,
    /// fjall, sled or memory.
    #[arg(long, default_value = "fjall")]
    store: String,
    /// Tasks that arrive.
    #[arg(long, default_value_t = 2000)]
    rounds: usize,
    /// Polls that wait for other topics.
    #[arg(long, default_value_t = 200)]
    waiting: usize,
}

/// A server of our own, gone when this is.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(args: &Args, folder: &std::path::Path) -> Result<Self> {
        let model = folder.join("poll.bpmn");
        std::fs::write(&model, MODEL)?;
        let mut child = Command::new(&args.tollgate)
            .args(["serve", "--listen", "127.0.0.1:0", "--store", &args.store, "--data"])
            .arg(folder.join("data"))
            .arg(&model)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("starting {}", args.tollgate.display()))?;
        let mut lines = BufReader::new(child.stdout.take().context("its output")?);
        let mut line = String::new();
        loop {
            line.clear();
            ensure!(lines.read_line(&mut line)? > 0, "the server did not say where it listens");
            if let Some((_, rest)) = line.split_once("http://")
                && let Some((address, _)) = rest.split_once("/engine-rest")
            {
                let address = address.to_owned();
                // what it says later is read, so that it never waits for us
                std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
                return Ok(Self { child, address });
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A connection that is kept alive.
struct Client(BufReader<TcpStream>);

impl Client {
    fn to(server: &Server) -> Result<Self> {
        let stream = TcpStream::connect(&server.address)?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    fn send(&mut self, path: &str, body: &str) -> Result<()> {
        let request = format!(
            "POST /engine-rest{path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        Ok(self.0.get_mut().write_all(request.as_bytes())?)
    }

    fn answer(&mut self) -> Result<String> {
        let (mut status, mut length) = (String::new(), 0);
        self.0.read_line(&mut status)?;
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line)?;
            if line.trim().is_empty() {
                break;
            }
            if let Some(text) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = text.trim().parse()?;
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        let body = String::from_utf8(body)?;
        ensure!(status.contains(" 200 ") || status.contains(" 204 "), "{status}{body}");
        Ok(body)
    }

    fn poll(&mut self, worker: &str, topic: &str) -> Result<()> {
        let body = format!(
            r#"{{"workerId":"{worker}","maxTasks":1,"asyncResponseTimeout":600000,"topics":[{{"topicName":"{topic}","lockDuration":600000}}]}}"#
        );
        self.send("/external-task/fetchAndLock", &body)
    }
}

/// The first id in an answer.
fn id(body: &str) -> Result<&str> {
    let rest = body.split_once("\"id\":\"").context("an id")?.1;
    Ok(rest.split_once('"').context("an id")?.0)
}

fn main() -> Result<()> {
    let args = Args::parse();
    let folder = tempfile::tempdir()?;
    let server = Server::start(&args, folder.path())?;
    let mut others = Vec::new();
    for at in 0..args.waiting {
        let mut client = Client::to(&server)?;
        client.poll(&format!("other-{at}"), &format!("other-{at}"))?;
        others.push(client);
    }
    let (mut worker, mut starter, mut finisher) = (Client::to(&server)?, Client::to(&server)?, Client::to(&server)?);
    let (mut arrivals, mut deliveries) = (Vec::new(), Vec::new());
    for round in 0..args.rounds + args.rounds / 10 {
        worker.poll("worker", "wanted")?;
        // the poll must wait before the task arrives
        std::thread::sleep(Duration::from_millis(3));
        let sent = Instant::now();
        starter.send("/process-definition/key/poll/start", "{}")?;
        let started = std::thread::scope(|scope| {
            let started = scope.spawn(|| starter.answer().map(|_| Instant::now()));
            let tasks = worker.answer()?;
            let got = Instant::now();
            let started = started.join().map_err(|_| anyhow::anyhow!("the starter panicked"))??;
            anyhow::Ok((started, got, tasks))
        })?;
        let (started, got, tasks) = started;
        // the first tenth warms up
        if round >= args.rounds / 10 {
            arrivals.push(got - sent);
            deliveries.push(got.saturating_duration_since(started));
        }
        let path = format!("/external-task/{}/complete", id(&tasks)?);
        finisher.send(&path, r#"{"workerId":"worker"}"#)?;
        finisher.answer()?;
    }
    let figure = |latencies: &mut Vec<Duration>| {
        [0.5, 0.99, 1.0].map(|share| format!("{:.0}", meter::percentile_us(latencies, share))).join(",")
    };
    println!(
        "{{\"workload\":\"polls\",\"store\":\"{}\",\"rounds\":{},\"waiting\":{},\"arrival_us\":[{}],\"delivery_us\":[{}],\"load\":{}}}",
        args.store,
        args.rounds,
        args.waiting,
        figure(&mut arrivals),
        figure(&mut deliveries),
        meter::load(),
    );
    Ok(())
}
