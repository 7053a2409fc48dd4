//! Migration of instances to another definition (E-410 to E-415).

use crate::support::{deploy, engine, flows, map, open_tasks, start, tasks};
use engine_core::command::MigrationInstruction;
use tollgate::{
    Engine, Id,
    request::{GenerateMigration, Migrate, MigrationPlan},
};

fn plan(source: Id, target: Id, instructions: Vec<MigrationInstruction>) -> MigrationPlan {
    MigrationPlan { source, target, instructions, ..MigrationPlan::default() }
}

fn migrate(engine: &Engine, plan: MigrationPlan, instance: Id) -> Result<(), tollgate::Fault> {
    let request = Migrate { plan, instances: vec![instance], ..Migrate::default() };
    engine.migrate(request, &Default::default()).wait()
}

fn generated(engine: &Engine, source: Id, target: Id, update_event_triggers: bool) -> Vec<String> {
    let request = GenerateMigration { source, target, update_event_triggers, ..GenerateMigration::default() };
    let plan = engine.generate_migration(request, &Default::default()).wait().expect("both exist");
    let show = |one: &MigrationInstruction| {
        format!("{}>{}{}", one.source, one.target, if one.update_event_trigger { "!" } else { "" })
    };
    let mut all: Vec<String> = plan.instructions.iter().map(show).collect();
    all.sort();
    all
}

/// E-410: equal activities in mapped scopes are mapped, what can't be is left out. As Camunda 7.24 answers.
#[test]
fn generated_plans_map_equal_activities() {
    let engine = engine();
    let inside = |kind: &str| {
        format!(
            r#"<process id="p" isExecutable="true" camunda:historyTimeToLive="1"><startEvent id="start"/><userTask id="A"/>
            <boundaryEvent id="late" attachedToRef="A"><timerEventDefinition>
              <timeDuration xsi:type="tFormalExpression">PT1H</timeDuration></timerEventDefinition></boundaryEvent>
            <boundaryEvent id="err" attachedToRef="A"><errorEventDefinition/></boundaryEvent>
            <subProcess id="sub"><startEvent id="s"/><userTask id="inSub"/>{}</subProcess>
            <userTask id="mi"><multiInstanceLoopCharacteristics {kind}>
              <loopCardinality xsi:type="tFormalExpression">2</loopCardinality></multiInstanceLoopCharacteristics></userTask>
            <scriptTask id="script" scriptFormat="groovy"><script>1</script></scriptTask>
            {}</process>"#,
            flows(&["s", "inSub"]),
            flows(&["start", "A", "sub", "mi", "script"])
        )
    };
    let parallel = deploy(&engine, &inside(""));
    let sequential = deploy(&engine, &inside(r#"isSequential="true""#));
    let all = ["A>A", "inSub>inSub", "late>late!", "mi#multiInstanceBody>mi#multiInstanceBody", "mi>mi", "sub>sub"];
    assert_eq!(generated(&engine, parallel, parallel, true), all);
    // a body of another kind can't be mapped, and its inner activity not without it
    assert_eq!(generated(&engine, parallel, sequential, false), ["A>A", "inSub>inSub", "late>late", "sub>sub"]);
}

/// E-410: plans are refused with Camunda's texts, before any instance is looked at.
#[test]
fn invalid_plans_are_refused_with_a_report() {
    let engine = engine();
    let one = deploy(&engine, &tasks("p", &["A", "B"]));
    let two = deploy(&engine, &tasks("p", &["A", "B"]));
    let instance = start(&engine, "p");
    let request = plan(one, two, vec![map("A", "start"), map("B", "nowhere"), map("B", "B"), map("B", "A")]);
    let fault = migrate(&engine, request, instance).expect_err("it is not valid");
    assert_eq!(fault.kind, tollgate::FaultKind::MigrationPlanValidation);
    for text in [
        "Activities have incompatible types (UserTaskActivityBehavior is not compatible with \
         NoneStartEventActivityBehavior)",
        "Target activity 'nowhere' does not exist",
        "There are multiple mappings for source activity id 'B'",
    ] {
        assert!(fault.message.contains(text), "{text} is missing in {}", fault.message);
    }
    assert!(fault.details.expect("a report").contains("instructionReports"));
}

/// E-411: a task keeps its id when scopes are added around it, and scopes the target does not have are ended.
#[test]
fn scopes_are_added_and_removed() {
    let engine = engine();
    let plain = deploy(&engine, &tasks("p", &["A", "B"]));
    let instance = start(&engine, "p");
    let task = engine.read().tasks_of_instance(instance).next().expect("A waits").id;
    let nested = deploy(
        &engine,
        &format!(
            r#"<process id="p" isExecutable="true" camunda:historyTimeToLive="1"><startEvent id="start"/>
            <subProcess id="outer"><startEvent id="s"/><subProcess id="inner"><startEvent id="t"/><userTask id="A2"/>{}
            </subProcess>{}</subProcess><userTask id="B"/>{}</process>"#,
            flows(&["t", "A2"]),
            flows(&["s", "inner"]),
            flows(&["start", "outer", "B"])
        ),
    );
    migrate(&engine, plan(plain, nested, vec![map("A", "A2")]), instance).expect("it migrates");
    {
        let world = engine.read();
        let tree = world.activity_tree(instance).expect("it runs");
        assert_eq!(tree.children[0].activity_id, "outer");
        assert_eq!(tree.children[0].children[0].activity_id, "inner");
        assert_eq!(tree.children[0].children[0].children[0].activity_id, "A2");
        let row = world.task(task).expect("the same task");
        assert_eq!((row.key.as_deref(), row.definition), (Some("A2"), Some(nested)));
    }
    migrate(&engine, plan(nested, plain, vec![map("A2", "A")]), instance).expect("and back");
    {
        let world = engine.read();
        let tree = world.activity_tree(instance).expect("it runs");
        assert_eq!(tree.children.iter().map(|one| &*one.activity_id).collect::<Vec<_>>(), ["A"]);
        let ended = world.historic_activities_of(instance).filter(|row| row.end.is_some());
        let mut ended: Vec<&str> = ended.map(|row| &*row.activity).collect();
        ended.sort_unstable();
        assert_eq!(ended, ["inner", "outer", "start"]);
    }
    engine.complete::<&str>(task, []).wait().expect("it goes on");
    assert_eq!(open_tasks(&engine, instance), ["B"]);
}

/// E-414: an instance that can't migrate stays as it was, and the report names everything that is in the way.
#[test]
fn an_instance_with_unmapped_activities_is_refused_as_a_whole() {
    let engine = engine();
    let one = deploy(&engine, &tasks("p", &["A", "B"]));
    let instance = start(&engine, "p");
    let two = deploy(&engine, &tasks("p", &["A", "B"]));
    let fault = migrate(&engine, plan(one, two, vec![map("B", "B")]), instance).expect_err("A is not mapped");
    assert_eq!(fault.kind, tollgate::FaultKind::MigratingInstanceValidation);
    assert!(fault.message.contains("There is no migration instruction for this instance's activity"));
    let world = engine.read();
    assert_eq!(world.process_instance(instance).map(|row| row.definition), Some(one));
}

/// Migration of several instances is one transaction.
#[test]
fn all_instances_migrate_or_none() {
    let engine = engine();
    let one = deploy(&engine, &tasks("p", &["A", "B"]));
    let (first, second) = (start(&engine, "p"), start(&engine, "p"));
    let task = engine.read().tasks_of_instance(second).next().expect("A waits").id;
    engine.complete::<&str>(task, []).wait().expect("it goes on");
    let two = deploy(&engine, &tasks("p", &["A", "B"]));
    let request =
        Migrate { plan: plan(one, two, vec![map("A", "A")]), instances: vec![first, second], ..Migrate::default() };
    engine.migrate(request, &Default::default()).wait().expect_err("the second is at B");
    assert_eq!(engine.read().process_instance(first).map(|row| row.definition), Some(one));
}
