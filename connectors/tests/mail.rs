//! Mail over SMTP: the connector and mail tasks, against a server on loopback.

mod support;

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    sync::{Arc, mpsc},
    thread,
};

use models::value::FileValue;
use support::{engine, process};
use tollgate::Value;
use tollgate_connectors::{Config, MailConfig, MailSecurity};

/// An SMTP server for one mail; what the client said comes out at the end.
fn post_office() -> (u16, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a client");
        let mut reader = BufReader::new(stream);
        let mut said = String::new();
        let mut data = false;
        reader.get_mut().write_all(b"220 localhost ready\r\n").expect("sent");
        let mut line = String::new();
        while reader.read_line(&mut line).is_ok_and(|length| length > 0) {
            said.push_str(&line);
            let command = line.trim_end().to_ascii_uppercase();
            let answer = match command.as_str() {
                "." if data => {
                    data = false;
                    "250 taken\r\n"
                }
                _ if data => "",
                "DATA" => {
                    data = true;
                    "354 go on\r\n"
                }
                "QUIT" => break,
                _ => "250 ok\r\n",
            };
            line.clear();
            if reader.get_mut().write_all(answer.as_bytes()).is_err() {
                break;
            }
            if said.contains("\r\n.\r\n") {
                let _ = sender.send(said.clone());
            }
        }
    });
    (port, receiver)
}

fn config(port: u16) -> Config {
    let mail = MailConfig {
        host: Some("127.0.0.1".to_owned()),
        port: Some(port),
        security: MailSecurity::None,
        from: Some("engine@example.com".to_owned()),
        ..MailConfig::default()
    };
    Config { mail, ..Config::default() }
}

#[test]
fn the_connector_sends_a_mail() {
    let (port, said) = post_office();
    let engine = engine(config(port));
    let model = process(
        r#"<serviceTask id="call"><extensionElements><camunda:connector><camunda:inputOutput>
          <camunda:inputParameter name="to">${to}</camunda:inputParameter>
          <camunda:inputParameter name="subject">Order ${order}</camunda:inputParameter>
          <camunda:inputParameter name="text">on its way</camunda:inputParameter>
        </camunda:inputOutput><camunda:connectorId>mail-send</camunda:connectorId></camunda:connector></extensionElements>
        </serviceTask>"#,
    );
    engine.deploy_file("p.bpmn", model).wait().unwrap();
    let variables = [("to", Value::string("a@example.com, b@example.com")), ("order", 7.into())];
    engine.start("p", variables).wait().unwrap();
    let said = said.recv().expect("a mail");
    for part in ["MAIL FROM:<engine@example.com>", "RCPT TO:<a@example.com>", "RCPT TO:<b@example.com>"] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert!(said.contains("Subject: Order 7") && said.contains("on its way"), "{said}");
}

/// E-158: fields of a mail task.
#[test]
fn a_mail_task_sends_html_beside_text() {
    let (port, said) = post_office();
    let engine = engine(config(port));
    let model = process(
        r#"<serviceTask id="call" camunda:type="mail"><extensionElements>
          <camunda:field name="to" stringValue="a@example.com"/>
          <camunda:field name="from" stringValue="me@example.com"/>
          <camunda:field name="subject" expression="Hello ${name}"/>
          <camunda:field name="html"><camunda:expression>&lt;b&gt;${name}&lt;/b&gt;</camunda:expression></camunda:field>
        </extensionElements></serviceTask>"#,
    );
    engine.deploy_file("p.bpmn", model).wait().unwrap();
    engine.start("p", [("name", Value::string("Ada"))]).wait().unwrap();
    let said = said.recv().expect("a mail");
    assert!(said.contains("MAIL FROM:<me@example.com>") && said.contains("<b>Ada</b>"), "{said}");
}

#[test]
fn without_a_server_or_recipient_it_fails_with_the_remedy() {
    let with = |config: Config, fields: &str| {
        let engine = engine(config);
        let element = format!(
            r#"<serviceTask id="call" camunda:type="mail"><extensionElements>{fields}</extensionElements></serviceTask>"#
        );
        engine.deploy_file("p.bpmn", process(&element)).wait().unwrap();
        engine.start("p", [("x", Value::from(1))]).wait().unwrap_err().message
    };
    let to = r#"<camunda:field name="to" stringValue="a@example.com"/><camunda:field name="text" stringValue="t"/>"#;
    let from = r#"<camunda:field name="from" stringValue="me@example.com"/>"#;
    assert!(with(Config::default(), &format!("{to}{from}")).contains("set `host` in the section `mail`"));
    assert!(with(Config::default(), to).contains("No sender address"));
    let text = r#"<camunda:field name="to" expression="${''}"/><camunda:field name="text" stringValue="t"/>"#;
    assert!(with(config(1), text).contains("No recipient could be found for sending email"));
    let wrong = r#"<camunda:field name="to" stringValue="nobody"/><camunda:field name="text" stringValue="t"/>"#;
    assert!(with(config(1), wrong).contains("Could not add 'nobody' as 'to' recipient"));
}

/// Attachments are file variables, as in the mail extension's connector; the text may be missing there.
#[test]
fn the_connector_attaches_files() {
    let (port, said) = post_office();
    let engine = engine(config(port));
    let model = |inputs: &str| {
        process(&format!(
            r#"<serviceTask id="call"><extensionElements><camunda:connector><camunda:inputOutput>
              <camunda:inputParameter name="to">a@example.com</camunda:inputParameter>{inputs}
            </camunda:inputOutput><camunda:connectorId>mail-send</camunda:connectorId></camunda:connector></extensionElements>
            </serviceTask>"#
        ))
    };
    let files = r#"<camunda:inputParameter name="files"><camunda:map>
      <camunda:entry key="bill.pdf">${bill}</camunda:entry></camunda:map></camunda:inputParameter>"#;
    engine.deploy_file("p.bpmn", model(files)).wait().unwrap();
    let bill =
        FileValue { filename: "x".to_owned(), mime_type: None, encoding: None, content: Some(b"the bill".to_vec()) };
    engine.start("p", [("bill", Value::File(Arc::new(bill)))]).wait().unwrap();
    let said = said.recv().expect("a mail");
    for part in ["multipart/mixed", "application/pdf", "filename=\"bill.pdf\"", "the bill"] {
        assert!(said.contains(part), "{part} in {said}");
    }
    let names = r#"<camunda:inputParameter name="fileNames"><camunda:list><camunda:value>/etc/passwd</camunda:value>
      </camunda:list></camunda:inputParameter>"#;
    engine.deploy_file("p.bpmn", model(names)).wait().unwrap();
    let refused = engine.start("p", [("x", Value::from(1))]).wait().unwrap_err().message;
    assert!(refused.contains("attach file variables with `files`"), "{refused}");
}
