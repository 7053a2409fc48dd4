//! TLS: certificate and key, and their renewal while the server runs.

#[path = "../../../server/tests/http/certificate.rs"]
mod certificate;

use std::process::Command;

use crate::support::{Server, at, folder, run};

#[test]
fn a_renewed_certificate_is_served_after_a_hangup() {
    let files = folder(&[]);
    let path = |name: &str| files.path().join(name);
    certificate::write(&path("server.pem"), &path("server.key"));
    std::fs::copy(path("server.pem"), path("first.pem")).unwrap();
    let tls = [
        format!("http.tls-certificate={}", at(&files, "server.pem")),
        format!("http.tls-key={}", at(&files, "server.key")),
    ];
    let server = Server::start(&["--store", "memory", "--set", &tls[0], "--set", &tls[1]]);
    assert!(server.url.starts_with("https://"), "{}", server.url);
    let trusting = |name: &str| run(["instances", "--server", &server.url, "--ca", &at(&files, name)]).code == 0;
    assert!(trusting("first.pem"));

    // one that can't be used changes nothing
    std::fs::write(path("server.pem"), "no certificate").unwrap();
    hang_up(&server);
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(trusting("first.pem"));

    certificate::write(&path("server.pem"), &path("server.key"));
    assert!(!trusting("server.pem"), "the files were changed, but nobody said so");
    hang_up(&server);
    let renewed = (0..200).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        trusting("server.pem")
    });
    assert!(renewed, "the certificate of the file is served");
    assert!(!trusting("first.pem"), "the first one is gone");
}

fn hang_up(server: &Server) {
    assert!(Command::new("kill").args(["-HUP", &server.id().to_string()]).status().expect("a signal").success());
}
