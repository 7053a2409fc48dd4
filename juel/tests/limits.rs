//! Hostile texts: refused or evaluated within the stack of an ordinary thread.

use objects::{Object, Values};
use tollgate_juel::{EvalError, Expression, MAX_LENGTH, MAX_NESTING};

/// Runs on a thread with the stack that threads of a server have.
fn on_small_stack(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(test).expect("a thread");
    thread.join().expect("no panic");
}

fn evaluate(text: &str) -> Result<Object, EvalError> {
    Expression::parse(text).expect("parses").evaluate(&mut Values::from_iter([("x", Object::Long(1))]))
}

#[test]
fn nesting_beyond_the_limit_is_refused() {
    on_small_stack(|| {
        for (open, inner, close) in [
            ("(", "1", ")"),
            ("!", "true", ""),
            ("-", "1", ""),
            ("x[", "1", "]"),
            ("S(", "1", ")"),
            ("true ? 1 : ", "1", ""),
        ] {
            for times in [MAX_NESTING + 1, 9_000] {
                let text = format!("${{{}{inner}{}}}", open.repeat(times), close.repeat(times));
                assert!(Expression::parse(&text).is_err(), "{open} {times}");
            }
            let times = MAX_NESTING - 5;
            let text = format!("${{{}{inner}{}}}", open.repeat(times), close.repeat(times));
            let expression = Expression::parse(&text).expect("within the limit");
            let _ = expression.evaluate(&mut Values::from_iter([("x", Object::Long(1))]));
        }
    });
}

#[test]
fn long_chains_do_not_nest() {
    on_small_stack(|| {
        let sum = format!("${{x{}}}", " + x".repeat(20_000));
        assert!(evaluate(&sum).expect("a sum").equals(&Object::Long(20_001)));
        let path = format!("${{null{}}}", ".a".repeat(20_000));
        assert!(evaluate(&path).expect("null").is_null());
        let logic = format!("${{true{}}}", " && true".repeat(10_000));
        assert!(evaluate(&logic).expect("true").equals(&Object::Boolean(true)));
    });
}

#[test]
fn texts_beyond_the_limits_are_refused() {
    assert!(Expression::parse(&"a".repeat(MAX_LENGTH + 1)).is_err());
    let grow = "${'abcdefghij'.repeat(1000000).concat('abcdefghij'.repeat(1000000))}";
    assert!(matches!(evaluate(grow), Err(EvalError::Limit(_))));
    let grow = format!("{0}{0}{0}", "${'abcdefghij'.repeat(1000000)}");
    assert!(matches!(evaluate(&grow), Err(EvalError::Limit(_))));
}

#[test]
fn deep_json_and_xml_are_refused() {
    on_small_stack(|| {
        let json = format!("${{JSON('{}')}}", "[".repeat(40_000));
        assert!(evaluate(&json).is_err());
        let xml = format!("${{XML('{}{}')}}", "<a>".repeat(10_000), "</a>".repeat(10_000));
        assert!(evaluate(&xml).is_err());
        let path = format!("${{JSON('{{}}').jsonPath('$[?({}@.a)]').element()}}", "(".repeat(10_000));
        assert!(evaluate(&path).is_err());
        let path = format!("${{XML('<a/>').xPath('{}1').string()}}", "(".repeat(3_000));
        assert!(evaluate(&path).is_err());
    });
}

#[test]
fn deep_containers_end_without_stack() {
    on_small_stack(|| {
        let mut list = Object::list(Vec::new());
        let mut node = objects::json::JsonNode::array(Vec::new());
        for _ in 0..200_000 {
            let map = Object::map(std::iter::once((objects::MapKey(Object::string("a")), list)).collect());
            list = Object::list(vec![map, Object::Null]);
            node = objects::json::JsonNode::array(vec![node]);
        }
        drop(list);
        drop(node);
    });
}

#[test]
fn a_list_inside_itself_ends_in_an_error() {
    let list = Object::list(Vec::new());
    let mut ctx = Values::default();
    objects::methods::call(&list, "add", std::slice::from_ref(&list), &mut ctx).expect("added");
    assert!(objects::text::to_text(&list, &mut ctx).is_err());
    assert!(objects::convert::to_value(&list).is_err());
    let other = Object::list(vec![list.clone()]);
    let _ = list.equals(&other);
    let _ = objects::compare::hash_code(&list);
}
