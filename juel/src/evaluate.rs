//! Evaluation of a parsed expression.

use std::rc::Rc;

use objects::{Context, Object, ObjectError, json, methods, temporal, text, xml};

use crate::{
    error::Failure,
    operators::{self, Operand},
    tree::{BinaryOperator, Function, Node, NodeIx, Part, Root, Span, Step, Tree, UnaryOperator},
};

pub(crate) fn evaluate(tree: &Tree, ctx: &mut dyn Context) -> Result<Object, Failure> {
    match &tree.root {
        Root::Literal(text) => Ok(Object::string(&**text)),
        Root::Single(node) => eval(tree, *node, ctx).map(Operand::into_object),
        Root::Composite(parts) => {
            let mut out = String::new();
            for part in parts {
                match part {
                    Part::Text(text) => out.push_str(text),
                    Part::Value(node) => match eval(tree, *node, ctx)? {
                        Operand::Text(text) => out.push_str(text),
                        Operand::Object(Object::Null) => {}
                        Operand::Object(object) => {
                            text::append(&mut out, &object, ctx).map_err(Failure::refused)?;
                        }
                    },
                }
                if out.len() > text::MAX_TEXT {
                    return Err(Failure::Limit(format!("text longer than {} bytes", text::MAX_TEXT)));
                }
            }
            Ok(Object::string(out))
        }
    }
}

/// Recursion is as deep as the text nests, which the parser limits.
fn eval<'t>(tree: &'t Tree, node: NodeIx, ctx: &mut dyn Context) -> Result<Operand<'t>, Failure> {
    let object = match tree.node(node) {
        Node::Text(text) => return Ok(Operand::Text(text)),
        Node::Null => Object::Null,
        Node::Boolean(value) => Object::Boolean(*value),
        Node::Long(value) => Object::Long(*value),
        Node::Double(value) => Object::Double(*value),
        Node::Identifier(name) => match ctx.variable(name).map_err(Failure::thrown)? {
            Some(object) => object,
            None => {
                return Err(Failure::Property(ObjectError::UnknownIdentifier(name.to_string()).to_string()));
            }
        },
        Node::Nested(inner) => return eval(tree, *inner, ctx),
        Node::Unary(operator, operand) => {
            let operand = eval(tree, *operand, ctx)?;
            match operator {
                UnaryOperator::Not => Object::Boolean(!operand.boolean(ctx)?),
                UnaryOperator::Negate => operators::negate(&operand, ctx)?,
                UnaryOperator::Empty => Object::Boolean(operators::is_empty(&operand)),
            }
        }
        Node::Binary(operator, left, right) => {
            let left = eval(tree, *left, ctx)?;
            binary(tree, *operator, left, *right, ctx)?
        }
        Node::Chain(first, links) => {
            let mut left = eval(tree, *first, ctx)?;
            for (operator, right) in tree.links(links) {
                left = Operand::Object(binary(tree, *operator, left, *right, ctx)?);
            }
            return Ok(left);
        }
        Node::Choice(question, yes, no) => {
            let question = eval(tree, *question, ctx)?.boolean(ctx)?;
            return eval(tree, if question { *yes } else { *no }, ctx);
        }
        Node::Access(base, steps) => access(tree, *base, steps, ctx)?,
        Node::Call(function, args) => call(tree, *function, args, ctx)?,
    };
    Ok(Operand::Object(object))
}

/// The right operand of `&&` and `||` is only evaluated when it decides.
fn binary(
    tree: &Tree,
    operator: BinaryOperator,
    left: Operand<'_>,
    right: NodeIx,
    ctx: &mut dyn Context,
) -> Result<Object, Failure> {
    match operator {
        BinaryOperator::And if !left.boolean(ctx)? => return Ok(Object::Boolean(false)),
        BinaryOperator::Or if left.boolean(ctx)? => return Ok(Object::Boolean(true)),
        BinaryOperator::And | BinaryOperator::Or => {
            return eval(tree, right, ctx)?.boolean(ctx).map(Object::Boolean);
        }
        _ => {}
    }
    let right = eval(tree, right, ctx)?;
    operators::apply(operator, left, right, ctx)
}

fn access(tree: &Tree, base: NodeIx, steps: &Span, ctx: &mut dyn Context) -> Result<Object, Failure> {
    let steps = tree.steps(steps);
    let mut object = eval(tree, base, ctx)?.into_object();
    for (at, step) in steps.iter().enumerate() {
        object = match step {
            Step::Property(name) => property(&object, name, ctx)?,
            Step::Index(index) => {
                if object.is_null() {
                    continue;
                }
                let index = eval(tree, *index, ctx)?;
                match (&object, index) {
                    (_, Operand::Object(Object::Null)) => Object::Null,
                    (Object::Map(_), index) => {
                        methods::index(&object, &index.into_object(), ctx).map_err(Failure::refused)?
                    }
                    (_, Operand::Text(name)) => property(&object, name, ctx)?,
                    (_, Operand::Object(Object::String(name))) => property(&object, &name, ctx)?,
                    (_, Operand::Object(index)) => {
                        methods::index(&object, &index, ctx).map_err(|error| element_error(&object, error))?
                    }
                }
            }
            Step::Method(name, args) => {
                let args = method_args(tree, &object, &Shown { tree, base, before: &steps[..at] }, args, ctx)?;
                method(&object, name, &args, ctx)?
            }
            Step::IndexMethod(index, args) => {
                let shown = Shown { tree, base, before: &steps[..at] };
                let name = eval(tree, *index, ctx)?.into_object();
                let args = method_args(tree, &object, &shown, args, ctx)?;
                let name = text::to_text(&name, ctx).map_err(Failure::refused)?;
                method(&object, &name, &args, ctx)?
            }
        };
    }
    Ok(object)
}

fn property(object: &Object, name: &str, ctx: &mut dyn Context) -> Result<Object, Failure> {
    methods::get_property(object, name, ctx).map_err(|error| element_error(object, error))
}

/// Reading a list fails with JUEL's own message, a getter with the exception it throws.
fn element_error(object: &Object, error: ObjectError) -> Failure {
    if matches!(object, Object::List(_)) { Failure::refused(error) } else { Failure::thrown(error) }
}

fn method_args(
    tree: &Tree,
    object: &Object,
    shown: &Shown<'_>,
    args: &Span,
    ctx: &mut dyn Context,
) -> Result<Vec<Object>, Failure> {
    if object.is_null() {
        return Err(Failure::Property(format!("Target unreachable, base expression '{shown}' resolved to null")));
    }
    tree.args(args).iter().map(|arg| eval(tree, *arg, ctx).map(Operand::into_object)).collect()
}

fn method(object: &Object, name: &str, args: &[Object], ctx: &mut dyn Context) -> Result<Object, Failure> {
    methods::call(object, name, args, ctx).map_err(|error| match error {
        ObjectError::UnknownMethod(class, name) => {
            let classes: Vec<String> = args.iter().map(|arg| arg.class_name(ctx)).collect();
            Failure::Method(format!("Method not found: class {class}.{name}({})", classes.join(", ")))
        }
        other => Failure::thrown(other),
    })
}

fn call(tree: &Tree, function: Function, args: &Span, ctx: &mut dyn Context) -> Result<Object, Failure> {
    let args: Vec<Object> =
        tree.args(args).iter().map(|arg| eval(tree, *arg, ctx).map(Operand::into_object)).collect::<Result<_, _>>()?;
    let first = args.first().unwrap_or(&Object::Null);
    match function {
        Function::Now => Ok(Object::Date(models::Timestamp(ctx.now_ms()))),
        Function::DateTime => text::zone(ctx).and_then(|zone| {
            let at = temporal::instant(ctx.now_ms())?.to_zoned(zone);
            Ok(Object::Temporal(Rc::new(temporal::Temporal::JodaDateTime(at))))
        }),
        Function::CurrentUser | Function::CurrentUserGroups => {
            ctx.call_function(function.name(), &args).map(|found| found.unwrap_or(Object::Null))
        }
        Function::Spin => objects::classes::spin(first),
        Function::Json => json::spin_json(first),
        Function::Xml => xml::spin_xml(first),
    }
    .map_err(Failure::thrown)
}

/// The base of a call as JUEL shows it: the last step before it, or the value itself.
struct Shown<'t> {
    tree: &'t Tree,
    base: NodeIx,
    before: &'t [Step],
}

impl std::fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.before.last() {
            Some(Step::Property(name)) => write!(f, ". {name}"),
            Some(Step::Index(_)) => f.write_str("[...]"),
            Some(Step::Method(..) | Step::IndexMethod(..)) => f.write_str("<method>"),
            None => match self.tree.node(self.base) {
                Node::Null => f.write_str("null"),
                Node::Identifier(name) => f.write_str(name),
                Node::Nested(_) => f.write_str("(...)"),
                Node::Call(function, _) => f.write_str(function.name()),
                Node::Text(text) => write!(f, "\"{text}\""),
                other => write!(f, "{other:?}"),
            },
        }
    }
}
