//! `tollgate assess`.

use crate::support::{at, examples, folder, model, run};

const SHOP: &str = r#"<startEvent id="s" name="Order &lt;placed&gt;"/><sequenceFlow id="f1" sourceRef="s" targetRef="charge"/>
    <serviceTask id="charge" name="Charge the card" camunda:class="com.acme.ChargeCard"><extensionElements>
      <camunda:field name="account" stringValue="1"/></extensionElements></serviceTask>
    <sequenceFlow id="f2" sourceRef="charge" targetRef="mail"/>
    <serviceTask id="mail" camunda:type="external" camunda:topic="mail"/><sequenceFlow id="f3" sourceRef="mail" targetRef="price"/>
    <serviceTask id="price" camunda:expression="${prices.of(item)}"/>"#;

#[test]
fn every_need_has_a_status_and_a_remedy() {
    let files = folder(&[("shop.bpmn", &model("shop", SHOP)), ("bad.bpmn", "<definitions/>")]);
    let ran = run(["assess", &files.path().to_string_lossy()]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for text in [
        "shop.bpmn  shop  small effort\n",
        "  missing Java class com.acme.ChargeCard  at charge\n          Java is not run here: map the name to a topic",
        "  missing bean prices  at price\n",
        "2 models\n      0  run as they are\n      1  small effort\n      0  medium effort\n      1  large effort\n",
        "of these 1 are rejected, as by Camunda 7",
        "Missing\n      1  Java class\n      1  bean\n",
    ] {
        assert!(ran.out.contains(text), "{text}: {}", ran.out);
    }
    let json = run(["assess", &files.path().to_string_lossy(), "--format", "json", "--served", "*"]).json();
    assert_eq!(json["summary"]["effort"]["none"], 1);
    let shop = json["models"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["file"].as_str().unwrap().ends_with("shop.bpmn"))
        .unwrap();
    let statuses: Vec<_> =
        shop["requirements"].as_array().unwrap().iter().map(|it| it["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["served", "served", "check"]);
    assert_eq!(shop["requirements"][0]["places"][0]["fields"], serde_json::json!(["account"]));
}

#[test]
fn the_page_is_one_file_with_marked_diagrams() {
    let files = folder(&[]);
    let page = at(&files, "report.html");
    let ran = run(["assess", &examples().to_string_lossy(), "--html", &page, "--all"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let text = std::fs::read_to_string(&page).unwrap();
    assert_eq!(text.matches("<svg ").count(), 3, "a diagram for each model");
    assert_eq!(text.matches("<svg ").count(), text.matches("</svg>").count());
    assert!(text.contains("class=\"task check\""), "external tasks are marked");
    for foreign in ["http://", "https://", "<script", "<link", "@import", "url("] {
        assert!(!text.contains(foreign), "{foreign}: the page needs nothing else");
    }
}

#[test]
fn stubs_are_written_once() {
    let files = folder(&[("shop.bpmn", &model("shop", SHOP))]);
    let (shop, out) = (at(&files, "shop.bpmn"), at(&files, "out"));
    for (language, file, texts) in [
        (
            "rust",
            "handlers.rs",
            vec![
                "engine.handler(\"com.acme.ChargeCard\", charge_card);",
                "/// - implementation of charge \"Charge the card\" in process shop\n",
                "    let account = ctx.field(\"account\").cloned();\n",
                "engine.handler(\"prices\", prices);",
            ],
        ),
        (
            "javascript",
            "workers.js",
            vec!["client.subscribe(\"mail\", async", "client.subscribe(\"com.acme.ChargeCard\", async"],
        ),
        ("python", "workers.py", vec!["def mail(task: ExternalTask) -> TaskResult:", "    \"mail\": mail,"]),
    ] {
        let ran = run(["assess", &shop, "--stubs", language, "--out", &out]);
        assert_eq!(ran.code, 0, "{ran:?}");
        let text = std::fs::read_to_string(files.path().join("out").join(file)).unwrap();
        for wanted in texts {
            assert!(text.contains(wanted), "{wanted}: {text}");
        }
    }
    let again = run(["assess", &shop, "--stubs", "rust", "--out", &out]);
    assert_eq!(again.code, 1, "{again:?}");
    assert!(again.err.contains("handlers.rs is there already: choose another folder with --out"), "{}", again.err);
}

#[test]
fn what_the_connectors_file_maps_is_served() {
    let mapping = "[delegates]\n\"com.acme.*\" = { topic = \"acme\" }\nprices = { script = \"1\" }\n";
    let files = folder(&[("shop.bpmn", &model("shop", SHOP)), ("connectors.toml", mapping)]);
    let (shop, connectors) = (at(&files, "shop.bpmn"), at(&files, "connectors.toml"));
    let json = run(["assess", &shop, "--connectors", &connectors, "--format", "json"]).json();
    assert_eq!(json["models"][0]["runsAsItIs"], true, "{json}");
    let ran = run(["check", &shop, "--connectors", &connectors]);
    assert_eq!(ran.out, "1 file checked: no findings\n");
    assert!(run(["check", &shop]).out.contains("W0911"));
}
