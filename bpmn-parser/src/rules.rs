//! The catalogue of findings: stable codes and what to do about each. The texts of the findings stand where they are made.

/// A kind of finding.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    /// Stable code; `E` rejects the file, `W` does not.
    pub(crate) code: &'static str,
    /// The remedy.
    pub(crate) help: &'static str,
}

/// Whether a code belongs to findings that Camunda 7 does not have.
pub(crate) fn is_own(code: &str) -> bool {
    code.starts_with("W09")
}

/// Declares rules, and the list of all of them.
macro_rules! rules {
    ($($(#[$doc:meta])+ $name:ident = $code:literal, $help:literal;)+) => {
        $($(#[$doc])+ pub(crate) const $name: Rule = Rule { code: $code, help: $help };)+

        /// All rules.
        #[cfg(test)]
        const ALL: &[Rule] = &[$($name),+];

        /// The codes of all rules.
        #[cfg(test)]
        pub(crate) fn codes() -> impl Iterator<Item = &'static str> {
            ALL.iter().map(|rule| rule.code)
        }
    };
}

rules! {
    // XML

    /// The file is not XML, or beyond a limit.
    NOT_WELL_FORMED = "E0001", "the file must be one well-formed XML document without a document type";

    /// Camunda 7 stops with an exception in the middle of parsing.
    EXCEPTION = "E0002", "Camunda 7 cannot read this construct; simplify the element";

    // Schema

    /// Children that the BPMN schema does not allow there.
    SCHEMA_CONTENT = "E0101", "keep the order and nesting of the BPMN 2.0 schema; put foreign elements into `extensionElements`";

    /// An attribute is missing, unknown or has a wrong value.
    SCHEMA_ATTRIBUTE = "E0102", "see the BPMN 2.0 schema for the attributes of this element";

    /// An id occurs twice, or a reference to an id leads nowhere.
    SCHEMA_ID = "E0103", "ids are unique in a file and references name an existing id";

    /// An element is unknown, or its `xsi:type` is.
    SCHEMA_TYPE = "E0104", "only types of the BPMN 2.0 schema may be named in `xsi:type`";

    /// The text of an element has a wrong form.
    SCHEMA_VALUE = "E0105", "see the BPMN 2.0 schema for the content of this element";

    // Definitions

    /// Camunda 7 can import nothing.
    IMPORT = "E0201", "remove the `import`: services are called by handlers or external tasks";

    /// A signal has no id.
    SIGNAL_ID = "E0202", "add an `id`";

    /// A signal has no name.
    SIGNAL_NAME = "E0203", "add a `name`: signals are found by it";

    /// Two signals have the same name.
    SIGNAL_DUPLICATE = "E0204", "use one `signal` for both";

    /// An error has no id.
    ERROR_ID = "E0205", "add an `id`";

    /// An escalation has no id.
    ESCALATION_ID = "E0206", "add an `id`";

    // Processes and start events

    /// A process or subprocess has no start event.
    START_EVENT_MISSING = "E0301", "add a `startEvent`";

    /// More start events than Camunda 7 can tell apart.
    START_EVENTS_MULTIPLE = "E0302", "keep one; a process may have others only with a message, signal or condition";

    /// A start event of an embedded subprocess has a trigger.
    START_EVENT_IN_SUBPROCESS = "E0303", "use a start event without definition, or an event subprocess";

    /// The start event of an event subprocess has no trigger.
    EVENT_SUBPROCESS_START = "E0304", "add an event definition";

    /// An error start event does not interrupt.
    ERROR_START_INTERRUPTS = "E0305", "remove `isInterrupting=\"false\"`";

    /// The history time to live cannot be read.
    TIME_TO_LIVE = "E0306", "give days, such as `30` or `P30D`";

    /// A process has no history time to live.
    TIME_TO_LIVE_MISSING = "E0307", "set `camunda:historyTimeToLive`, or a default in the configuration";

    /// A priority is neither a number nor an expression.
    PRIORITY = "E0308", "give an integer or `${…}`";

    // Events

    /// A message event does not say which message.
    MESSAGE_REF = "E0401", "set `messageRef`";

    /// A reference to a message that the file does not define.
    MESSAGE_UNKNOWN = "E0402", "add a `message` with that id below `definitions`";

    /// A message that is waited for has no name.
    MESSAGE_NAME = "E0403", "give the `message` a `name`";

    /// The message that starts a process is named by an expression.
    MESSAGE_START_NAME = "E0404", "use a literal name";

    /// A signal event does not say which signal.
    SIGNAL_REF = "E0405", "set `signalRef`";

    /// A reference to a signal that the file does not define.
    SIGNAL_UNKNOWN = "E0406", "add a `signal` with that id below `definitions`";

    /// A scope waits twice for the same event.
    SUBSCRIPTION_DUPLICATE = "E0407", "remove one of the events, or use different names";

    /// A timer says no time.
    TIMER_EMPTY = "E0408", "add `timeDate`, `timeDuration` or `timeCycle`";

    /// A timer event has no id.
    TIMER_ID = "E0409", "add an `id`";

    /// A conditional event has no condition.
    CONDITION_MISSING = "E0410", "add a `condition`";

    /// A condition is of an unknown type.
    CONDITION_TYPE = "E0411", "use `xsi:type=\"tFormalExpression\"`, with the prefix of the BPMN namespace";

    /// A condition's script is unusable.
    CONDITION_SCRIPT = "E0412", "give language and source";

    /// An error end event does not say which error.
    ERROR_REF = "E0413", "set `errorRef`";

    /// An error that is thrown has no code.
    ERROR_CODE = "E0414", "give the `error` an `errorCode`";

    /// An escalation event does not say which escalation.
    ESCALATION_REF = "E0415", "set `escalationRef`";

    /// A reference to an escalation that the file does not define.
    ESCALATION_UNKNOWN = "E0416", "add an `escalation` with that id below `definitions`";

    /// An escalation that is thrown has no code.
    ESCALATION_CODE = "E0417", "give the `escalation` an `escalationCode`";

    /// Escalation handlers of a scope contradict each other.
    ESCALATION_HANDLERS = "E0418", "keep one handler per code, or a single one without code";

    /// An escalation event on an activity that raises none.
    ESCALATION_BOUNDARY = "E0419", "attach it to a subprocess, call activity or user task";

    /// An intermediate catch event waits for nothing that can be caught.
    CATCH_EVENT_TYPE = "E0420", "add a timer, signal, message, link or conditional definition";

    /// A boundary event catches nothing.
    BOUNDARY_EVENT_TYPE = "E0421", "add an event definition";

    /// A boundary event has no id.
    BOUNDARY_ID = "E0422", "add an `id`";

    /// A boundary event is attached to nothing.
    ATTACHED_TO_REF = "E0423", "set `attachedToRef`";

    /// A boundary event is attached to something outside its scope.
    ATTACHED_TO_UNKNOWN = "E0424", "attach it to an activity beside it";

    /// Two catching links have the same name.
    LINK_TARGETS = "E0425", "link targets are unique in a file";

    /// A throwing link has no target.
    LINK_TARGET_MISSING = "E0426", "add a catching link event with that name";

    /// A link stands behind an event-based gateway.
    LINK_BEHIND_GATEWAY = "E0427", "use an event that waits";

    /// A cancel end event outside a transaction.
    CANCEL_END = "E0428", "use it directly in a `transaction`";

    /// A cancel boundary event on something other than a transaction.
    CANCEL_BOUNDARY = "E0429", "attach it to a `transaction`";

    /// Two cancel boundary events on one transaction.
    CANCEL_BOUNDARIES = "E0430", "keep one";

    /// Two compensation boundary events on one activity.
    COMPENSATION_BOUNDARIES = "E0431", "keep one";

    /// A compensation event subprocess directly in a process.
    COMPENSATION_START = "E0432", "put it into an embedded subprocess";

    /// Two compensation handlers for one scope.
    COMPENSATION_HANDLERS = "E0433", "keep one";

    /// Compensation of an activity that is not in the scope.
    COMPENSATION_TARGET = "E0434", "set `activityRef` to an activity beside the event";

    /// An association leads nowhere.
    ASSOCIATION_END = "E0435", "set `sourceRef` and `targetRef` to existing ids";

    /// A compensation event is associated with an activity that is no handler.
    ASSOCIATION_TARGET = "E0436", "set `isForCompensation=\"true\"` on the activity";

    // Activities

    /// Nothing says what a task runs.
    IMPLEMENTATION = "E0501", "set `camunda:type=\"external\"` with a topic, `camunda:class`, `camunda:delegateExpression` or `camunda:expression`";

    /// An unknown `camunda:type`.
    SERVICE_TYPE = "E0502", "use `external`, `mail` or `shell`";

    /// A result variable where none is set.
    RESULT_VARIABLE = "E0503", "result variables belong to `camunda:expression`";

    /// An external task has no topic.
    TOPIC = "E0504", "set `camunda:topic`";

    /// A mail task lacks a field.
    MAIL = "E0505", "add fields `to`, and `text` or `html`";

    /// A shell task lacks or misuses a field.
    SHELL = "E0506", "add a field `command`; flags are `true` or `false`";

    /// A field has no value, or two.
    FIELD = "E0507", "give one of `stringValue`, `expression`, or a child element";

    /// A connector has no id.
    CONNECTOR = "E0508", "add `connectorId`";

    /// A script is unusable.
    SCRIPT = "E0509", "give `scriptFormat` and a source or resource";

    /// An unknown decision result mapper.
    DECISION_MAPPER = "E0510", "use `singleEntry`, `singleResult`, `collectEntries` or `resultList`";

    /// A version binding without version.
    BINDING = "E0511", "add the version or version tag";

    /// A call activity calls nothing, or two things.
    CALLED_ELEMENT = "E0512", "set `calledElement`";

    /// A variable mapping is incomplete.
    VARIABLE_MAPPING = "E0513", "give `source` or `sourceExpression`, and `target`; or `variables=\"all\"`";

    /// A loop cardinality is empty.
    LOOP_CARDINALITY = "E0514", "give a number or an expression";

    /// A multi-instance activity does not say how often.
    LOOP_COUNT = "E0515", "set `loopCardinality` or `camunda:collection`";

    /// An element variable without collection.
    LOOP_ELEMENT_VARIABLE = "E0516", "set `camunda:collection`";

    /// An input or output parameter is malformed.
    INPUT_OUTPUT = "E0517", "a parameter has a name and a text or one child";

    /// `camunda:inputOutput` on an element that has no variables of its own.
    INPUT_OUTPUT_UNSUPPORTED = "E0518", "move the mapping to an activity";

    /// Output parameters where they have no meaning.
    OUTPUT_UNSUPPORTED = "E0519", "remove the `outputParameter` elements";

    /// An execution listener has no valid event.
    LISTENER_EVENT = "E0520", "set `event` to `start` or `end`";

    /// A listener says not what it runs.
    LISTENER_ACTION = "E0521", "set `class`, `expression`, `delegateExpression`, or add a script";

    /// A listener names an empty implementation.
    LISTENER_EMPTY = "E0522", "name the implementation";

    /// A task listener has no valid event.
    TASK_LISTENER_EVENT = "E0523", "set `event`";

    /// A timeout listener lacks its id or timer.
    TASK_LISTENER_TIMEOUT = "E0524", "add `id` and `timerEventDefinition`";

    /// A user task has two human performers.
    HUMAN_PERFORMER = "E0525", "keep one";

    /// A user task has two assignees.
    ASSIGNEE = "E0526", "keep `camunda:assignee` or `humanPerformer`";

    /// A property has no name.
    PROPERTY = "E0527", "add a `name`";

    /// A form key and a form reference.
    FORM_REFERENCE = "E0528", "keep one of `camunda:formKey` and `camunda:formRef`";

    /// A form reference without valid binding.
    FORM_BINDING = "E0529", "set `camunda:formRefBinding` to `latest`, `deployment` or `version`";

    /// A form field has no id.
    FORM_FIELD_ID = "E0530", "add an `id`: the name of the variable";

    /// A form field has no known type.
    FORM_FIELD_TYPE = "E0531", "use `string`, `long`, `boolean`, `date` or `enum`";

    /// A flag of a form property is no boolean word.
    FORM_PROPERTY_FLAG = "E0532", "use `true` or `false`";

    /// An unknown form validator.
    VALIDATOR = "E0533", "use `required`, `readonly`, `min`, `max`, `minlength`, `maxlength` or `validator`";

    /// `asyncAfter` where nothing continues.
    ASYNC_AFTER_UNSUPPORTED = "E0534", "remove `camunda:asyncAfter`";

    /// A script is in a language that is never run.
    SCRIPT_LANGUAGE = "E0590", "rewrite the script, or make the task an external task and work on it with a client in that language";

    // Sequence flows and gateways

    /// A flow starts at something that is not in its scope.
    FLOW_SOURCE = "E0601", "set `sourceRef` to a flow node beside it";

    /// A flow ends at something that is not in its scope.
    FLOW_TARGET = "E0602", "set `targetRef` to a flow node beside it";

    /// A flow behind an asynchronous continuation has no id.
    FLOW_ID = "E0603", "add an `id`";

    /// A flow from or to a compensation handler.
    FLOW_OF_COMPENSATION = "E0604", "connect the handler by an association";

    /// A flow from or to an event subprocess.
    FLOW_OF_EVENT_SUBPROCESS = "E0605", "remove the flow: an event starts it";

    /// A second flow to an event behind an event-based gateway.
    FLOW_TO_GATEWAY_EVENT = "E0606", "remove the flow";

    /// An event-based gateway leads to something that is no catch event.
    EVENT_GATEWAY_TARGET = "E0607", "use intermediate catch events";

    /// An exclusive gateway has no outgoing flow.
    GATEWAY_WITHOUT_FLOWS = "E0608", "add one";

    /// The only flow of an exclusive gateway has a condition.
    GATEWAY_SINGLE_FLOW = "E0609", "remove the condition";

    /// A default flow has a condition.
    GATEWAY_DEFAULT_FLOW = "E0610", "remove the condition";

    /// A flow of an exclusive gateway has no condition.
    GATEWAY_OPEN_FLOW = "E0611", "add a condition, or mark the flow as `default`";

    // Diagram

    /// A diagram element does not say what it shows.
    DI_REFERENCE = "E0701", "set `bpmnElement`";

    /// A diagram element shows something that does not exist.
    DI_UNKNOWN = "E0702", "remove the shape or edge";

    /// A shape has no bounds.
    DI_BOUNDS = "E0703", "add `Bounds`";

    /// An edge has less than two points.
    DI_WAYPOINTS = "E0704", "add `waypoint` elements";

    /// A coordinate is missing or no number.
    DI_NUMBER = "E0705", "give a number";

    // Warnings of Camunda 7

    /// A list of schema documents is not in pairs; none is read anyway.
    SCHEMA_LOCATION = "W0101", "remove `xsi:schemaLocation`";

    /// An activity that Camunda 7 does not execute; it is left out.
    UNSUPPORTED_ACTIVITY = "W0301", "use a subprocess, or an inclusive gateway";

    /// A cycle of which only the first time counts.
    TIMER_CYCLE = "W0401", "use `timeDuration` or `timeDate`";

    /// An unknown variable event.
    VARIABLE_EVENT = "W0402", "use `create`, `update` and `delete`";

    /// A link event and its definition have different names.
    LINK_NAME = "W0403", "use the same name for both";

    /// `waitForCompletion="false"` is not supported.
    COMPENSATION_WAITS = "W0404", "remove the attribute";

    /// An attribute without effect on a catching compensation event.
    COMPENSATION_CATCH = "W0405", "remove the attribute";

    /// A flow without condition is taken as default.
    GATEWAY_ASSUMED_DEFAULT = "W0601", "mark the flow as `default`";

    // Advice of our own

    /// A script does not compile; it fails when it is reached.
    SCRIPT_ADVICE = "W0990", "mend the script; docs/languages.md says what is supported";

    /// A process has no history time to live; its history is kept for ever.
    TIME_TO_LIVE_ADVICE = "W0901", "set `camunda:historyTimeToLive`, such as `P180D`";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::ALL;

    #[test]
    fn codes_are_unique_and_every_rule_has_a_remedy() {
        let codes: HashSet<_> = ALL.iter().map(|rule| rule.code).collect();
        assert_eq!(codes.len(), ALL.len());
        assert!(ALL.iter().all(|rule| !rule.help.is_empty()));
    }

    #[test]
    fn every_code_is_documented() {
        let documented = include_str!("../../docs/diagnostics.md");
        for rule in ALL {
            let row = format!("| {} |", rule.code);
            assert!(documented.contains(&row), "docs/diagnostics.md lacks {}", rule.code);
        }
    }
}
