//! Grammar of expressions: top-down, one precedence per level.

use std::collections::VecDeque;

use crate::{
    MAX_LENGTH, MAX_NESTING,
    error::ParseError,
    scanner::{Scanner, Symbol, Token, shown_position},
    tree::{BinaryOperator, Function, Node, NodeIx, Part, Root, Span, Step, Tree, TreeBuilder, UnaryOperator},
};

/// What an expression can start with, as messages show it.
const EXPRESSION_START: &str =
    "<IDENTIFIER>|<STRING>|<FLOAT>|<INTEGER>|'true'|'false'|'null'|'-'|'!'|'not'|'empty'|'('";

pub(crate) fn parse(text: &str) -> Result<Tree, ParseError> {
    if text.len() > MAX_LENGTH {
        return Err(ParseError::new(format!("Expression is longer than {MAX_LENGTH} bytes"), None));
    }
    let mut scanner = Scanner::new(text);
    let token = scanner.next()?;
    let mut parser = Parser {
        scanner,
        token,
        ahead: VecDeque::new(),
        builder: TreeBuilder::default(),
        functions: Vec::new(),
        depth: 0,
    };
    let root = parser.root()?;
    parser.check_functions()?;
    Ok(parser.builder.finish(root))
}

struct Parser<'a> {
    scanner: Scanner<'a>,
    token: Token,
    ahead: VecDeque<Token>,
    builder: TreeBuilder,
    /// Calls in the order they were closed: names are resolved when the whole text has been read.
    functions: Vec<(Box<str>, usize)>,
    depth: usize,
}

impl Parser<'_> {
    fn fail<T>(&self, expected: &str) -> Result<T, ParseError> {
        let position = self.scanner.position(self.token.start);
        let message = format!(
            "Error parsing '{}': syntax error at position {}, encountered '{}', expected {expected}",
            self.scanner.text(),
            shown_position(position),
            self.token.image,
        );
        Err(ParseError::new(message, Some(position)))
    }

    fn advance(&mut self) -> Result<Token, ParseError> {
        let next = match self.ahead.pop_front() {
            Some(token) => token,
            None => self.scanner.next()?,
        };
        Ok(std::mem::replace(&mut self.token, next))
    }

    fn expect(&mut self, symbol: Symbol) -> Result<Token, ParseError> {
        if self.token.symbol == symbol { self.advance() } else { self.fail(symbol.expected()) }
    }

    fn look_ahead(&mut self, index: usize) -> Result<Symbol, ParseError> {
        while self.ahead.len() <= index {
            let token = self.scanner.next()?;
            self.ahead.push_back(token);
        }
        Ok(self.ahead[index].symbol)
    }

    fn text(&mut self) -> Result<Option<Box<str>>, ParseError> {
        if self.token.symbol == Symbol::Text { Ok(Some(self.advance()?.image)) } else { Ok(None) }
    }

    fn root(&mut self) -> Result<Root, ParseError> {
        let first = self.text()?;
        if self.token.symbol == Symbol::Eof {
            return Ok(Root::Literal(first.unwrap_or_default()));
        }
        // All parts of one text start with the same sign.
        let start = self.token.symbol;
        if !matches!(start, Symbol::StartDynamic | Symbol::StartDeferred) {
            return self.fail("'#{'|'${'");
        }
        let value = self.eval(start)?;
        if self.token.symbol == Symbol::Eof && first.is_none() {
            return Ok(Root::Single(value));
        }
        let mut parts: Vec<Part> = first.map(Part::Text).into_iter().collect();
        parts.push(Part::Value(value));
        parts.extend(self.text()?.map(Part::Text));
        while self.token.symbol != Symbol::Eof {
            parts.push(Part::Value(self.eval(start)?));
            parts.extend(self.text()?.map(Part::Text));
        }
        Ok(Root::Composite(parts))
    }

    fn eval(&mut self, start: Symbol) -> Result<NodeIx, ParseError> {
        self.expect(start)?;
        let value = self.expression()?;
        self.expect(Symbol::EndEval)?;
        Ok(value)
    }

    fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T, ParseError>) -> Result<T, ParseError> {
        self.depth += 1;
        if self.depth > MAX_NESTING {
            let position = self.scanner.position(self.token.start);
            let message = format!("Expression is nested more than {MAX_NESTING} levels deep");
            return Err(ParseError::new(message, Some(position)));
        }
        let result = inner(self);
        self.depth -= 1;
        result
    }

    fn expression(&mut self) -> Result<NodeIx, ParseError> {
        match self.optional_expression()? {
            Some(node) => Ok(node),
            None => self.fail(EXPRESSION_START),
        }
    }

    fn optional_expression(&mut self) -> Result<Option<NodeIx>, ParseError> {
        self.nested(|parser| {
            let Some(question) = parser.operators()? else {
                return Ok(None);
            };
            if parser.token.symbol != Symbol::Question {
                return Ok(Some(question));
            }
            parser.advance()?;
            let yes = parser.expression()?;
            parser.expect(Symbol::Colon)?;
            let no = parser.expression()?;
            Ok(Some(parser.builder.node(Node::Choice(question, yes, no))))
        })
    }

    /// Operators and their operands. Chains that wait for a right side are kept in a list, weakest first, so that levels of
    /// precedence take no stack.
    fn operators(&mut self) -> Result<Option<NodeIx>, ParseError> {
        let Some(mut right) = self.unary()? else { return Ok(None) };
        let mut open: Vec<OpenChain> = Vec::new();
        while let Some((operator, level)) = operator(self.token.symbol) {
            while let Some(stronger) = open.pop_if(|chain| chain.level > level) {
                right = self.close(stronger, right);
            }
            match open.last_mut() {
                Some(same) if same.level == level => {
                    same.links.push((same.waiting, right));
                    same.waiting = operator;
                }
                _ => open.push(OpenChain { level, first: right, links: Vec::new(), waiting: operator }),
            }
            self.advance()?;
            right = match self.unary()? {
                Some(operand) => operand,
                None => return self.fail(EXPRESSION_START),
            };
        }
        while let Some(chain) = open.pop() {
            right = self.close(chain, right);
        }
        Ok(Some(right))
    }

    fn close(&mut self, mut chain: OpenChain, right: NodeIx) -> NodeIx {
        if chain.links.is_empty() {
            return self.builder.node(Node::Binary(chain.waiting, chain.first, right));
        }
        chain.links.push((chain.waiting, right));
        let links = self.builder.links(chain.links);
        self.builder.node(Node::Chain(chain.first, links))
    }

    fn unary(&mut self) -> Result<Option<NodeIx>, ParseError> {
        let operator = match self.token.symbol {
            Symbol::Not => UnaryOperator::Not,
            Symbol::Minus => UnaryOperator::Negate,
            Symbol::Empty => UnaryOperator::Empty,
            _ => return self.value(),
        };
        self.advance()?;
        self.nested(|parser| match parser.unary()? {
            Some(operand) => Ok(Some(parser.builder.node(Node::Unary(operator, operand)))),
            None => parser.fail(EXPRESSION_START),
        })
    }

    fn value(&mut self) -> Result<Option<NodeIx>, ParseError> {
        let Some(base) = self.primary()? else {
            return Ok(None);
        };
        let mut steps = Vec::new();
        loop {
            match self.token.symbol {
                Symbol::Dot => {
                    self.advance()?;
                    let name = self.expect(Symbol::Identifier)?.image;
                    steps.push(if self.token.symbol == Symbol::LeftParen {
                        let args = self.parameters()?;
                        Step::Method(name, self.builder.args(args))
                    } else {
                        Step::Property(name)
                    });
                }
                Symbol::LeftBracket => {
                    self.advance()?;
                    let index = self.expression()?;
                    self.expect(Symbol::RightBracket)?;
                    steps.push(if self.token.symbol == Symbol::LeftParen {
                        let args = self.parameters()?;
                        Step::IndexMethod(index, self.builder.args(args))
                    } else {
                        Step::Index(index)
                    });
                }
                _ if steps.is_empty() => return Ok(Some(base)),
                _ => {
                    let steps = self.builder.steps(steps);
                    return Ok(Some(self.builder.node(Node::Access(base, steps))));
                }
            }
        }
    }

    fn primary(&mut self) -> Result<Option<NodeIx>, ParseError> {
        let node = match self.token.symbol {
            Symbol::Identifier => return self.identifier().map(Some),
            Symbol::LeftParen => {
                self.advance()?;
                let inner = self.expression()?;
                self.expect(Symbol::RightParen)?;
                return Ok(Some(self.builder.node(Node::Nested(inner))));
            }
            Symbol::True => Node::Boolean(true),
            Symbol::False => Node::Boolean(false),
            Symbol::Null => Node::Null,
            Symbol::String => Node::Text(self.token.image.clone()),
            Symbol::Integer => match self.token.image.parse() {
                Ok(value) => Node::Long(value),
                Err(_) => return self.fail(Symbol::Integer.expected()),
            },
            Symbol::Float => match objects::number::double_from_text(&self.token.image) {
                Some(value) => Node::Double(value),
                None => return self.fail(Symbol::Float.expected()),
            },
            _ => return Ok(None),
        };
        self.advance()?;
        Ok(Some(self.builder.node(node)))
    }

    /// A name, or a call `name(…)` or `prefix:name(…)`.
    fn identifier(&mut self) -> Result<NodeIx, ParseError> {
        let mut name = self.advance()?.image;
        if self.token.symbol == Symbol::Colon
            && self.look_ahead(0)? == Symbol::Identifier
            && self.look_ahead(1)? == Symbol::LeftParen
        {
            self.advance()?;
            name = format!("{name}:{}", self.advance()?.image).into_boxed_str();
        }
        if self.token.symbol != Symbol::LeftParen {
            return Ok(self.builder.node(Node::Identifier(name)));
        }
        let args = self.parameters()?;
        let function = Function::ALL.into_iter().find(|function| function.name() == &*name);
        self.functions.push((name, args.len()));
        let args: Span = self.builder.args(args);
        // An unknown name never gets further: `check_functions` refuses the text.
        Ok(self.builder.node(function.map_or(Node::Null, |function| Node::Call(function, args))))
    }

    fn parameters(&mut self) -> Result<Vec<NodeIx>, ParseError> {
        self.expect(Symbol::LeftParen)?;
        let mut args = Vec::new();
        if let Some(first) = self.optional_expression()? {
            args.push(first);
            while self.token.symbol == Symbol::Comma {
                self.advance()?;
                args.push(self.expression()?);
            }
        }
        self.expect(Symbol::RightParen)?;
        Ok(args)
    }

    fn check_functions(&self) -> Result<(), ParseError> {
        for (name, count) in &self.functions {
            let message = match Function::ALL.into_iter().find(|function| function.name() == &**name) {
                None => format!("Could not resolve function '{name}'"),
                Some(function) if function.parameters() != *count => {
                    format!("Parameters for function '{name}' do not match")
                }
                Some(_) => continue,
            };
            return Err(ParseError::new(message, None));
        }
        Ok(())
    }
}

/// Operators of one level that wait for their last operand.
struct OpenChain {
    level: u8,
    first: NodeIx,
    links: Vec<(BinaryOperator, NodeIx)>,
    waiting: BinaryOperator,
}

/// The operator of a symbol and how strong it binds.
fn operator(symbol: Symbol) -> Option<(BinaryOperator, u8)> {
    Some(match symbol {
        Symbol::Or => (BinaryOperator::Or, 0),
        Symbol::And => (BinaryOperator::And, 1),
        Symbol::Equal => (BinaryOperator::Equal, 2),
        Symbol::NotEqual => (BinaryOperator::NotEqual, 2),
        Symbol::Less => (BinaryOperator::Less, 3),
        Symbol::LessEqual => (BinaryOperator::LessEqual, 3),
        Symbol::Greater => (BinaryOperator::Greater, 3),
        Symbol::GreaterEqual => (BinaryOperator::GreaterEqual, 3),
        Symbol::Plus => (BinaryOperator::Add, 4),
        Symbol::Minus => (BinaryOperator::Subtract, 4),
        Symbol::Mul => (BinaryOperator::Multiply, 5),
        Symbol::Div => (BinaryOperator::Divide, 5),
        Symbol::Mod => (BinaryOperator::Modulo, 5),
        _ => return None,
    })
}
