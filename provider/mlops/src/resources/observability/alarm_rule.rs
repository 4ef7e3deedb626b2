//! Rules of composite alarms.
//!
//! Source: CloudWatch user guide, Create_Composite_Alarm, and API reference, PutCompositeAlarm: the states of alarms, given by
//! name or ARN, `TRUE` and `FALSE`, combined by `AND`, `OR`, `NOT` and parentheses. `AT_LEAST`: github.com/aws/aws-cdk
//! pull 37693. That a name without quotes has no blanks: github.com/aws/aws-cdk issue 13953.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::aws::arn::Arn;

/// What a rule cannot be read for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// Where, in characters from 1.
    pub position: usize,
    /// What is there; empty at the end.
    pub found: String,
    /// What should be there.
    pub expected: &'static str,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.found.as_str() {
            "" => write!(f, "The rule ends at character {}, where {} is expected.", self.position, self.expected),
            found => {
                write!(f, "At character {} there is {found:?}, where {} is expected.", self.position, self.expected)
            }
        }
    }
}

/// The names or ARNs of the alarms that a rule reads.
///
/// # Errors
/// The first place that is against the grammar.
pub(super) fn alarms(rule: &str) -> Result<BTreeSet<String>, Fault> {
    Ok(terms(rule)?.into_iter().flat_map(|term| term.alarms).collect())
}

/// A rule with `FALSE` in the place of each term that reads an alarm. None if there is no such term, or the rule cannot be
/// read.
pub(super) fn without(rule: &str, alarm: &str) -> Option<String> {
    let is_it = |text: &String| text == alarm || Arn::parse(text).is_ok_and(|a| a.resource == format!("alarm:{alarm}"));
    let mut letters: Vec<char> = rule.chars().collect();
    let terms = terms(rule).ok()?;
    let mut found = terms.into_iter().filter(|term| term.alarms.iter().any(is_it)).peekable();
    found.peek()?;
    // From the end, so that the places of those before stay.
    for term in found.collect::<Vec<_>>().into_iter().rev() {
        letters.splice(term.place, "FALSE".chars());
    }
    Some(letters.into_iter().collect())
}

fn terms(rule: &str) -> Result<Vec<Term>, Fault> {
    let mut parser = Parser { tokens: tokens(rule)?, at: 0, end: rule.chars().count() + 1, terms: Vec::new() };
    parser.expression(0)?;
    match parser.peek() {
        None => Ok(parser.terms),
        Some(_) => Err(parser.fault("`AND`, `OR` or the end of the rule")),
    }
}

/// A condition on the states of alarms: where it is, in characters from 0, and which alarms it reads.
struct Term {
    place: Range<usize>,
    alarms: Vec<String>,
}

/// How deeply parentheses and `NOT` may be nested here, so that no rule of 10,240 characters uses up the stack.
const DEEPEST: usize = 200;
const STATES: [&str; 3] = ["ALARM", "OK", "INSUFFICIENT_DATA"];
const STATE: &str = "`ALARM`, `OK` or `INSUFFICIENT_DATA`";
const NAME: &str = "the name or ARN of an alarm, in quotes if it has blanks or parentheses";
const TERM: &str =
    "`ALARM(...)`, `OK(...)`, `INSUFFICIENT_DATA(...)`, `AT_LEAST(...)`, `TRUE`, `FALSE`, `NOT` or a parenthesis";

struct Token {
    position: usize,
    /// The number of characters before and in it.
    end: usize,
    text: String,
    quoted: bool,
}

fn tokens(rule: &str) -> Result<Vec<Token>, Fault> {
    let mut tokens = Vec::new();
    let mut rest = rule.chars().enumerate().map(|(i, c)| (i + 1, c)).peekable();
    while let Some((position, first)) = rest.next() {
        let (mut text, mut end) = (String::new(), position);
        let quoted = first == '"' || first == '\'';
        if first.is_whitespace() {
            continue;
        } else if quoted {
            loop {
                match rest.next() {
                    Some((at, c)) if c == first => {
                        end = at;
                        break;
                    }
                    Some((_, c)) => text.push(c),
                    None => {
                        return Err(Fault { position, found: format!("{first}{text}"), expected: "a closing quote" });
                    }
                }
            }
        } else {
            text.push(first);
            let ends = |c: char| c.is_whitespace() || "(),\"'".contains(c);
            while let Some((at, c)) = rest.next_if(|(_, c)| !ends(first) && !ends(*c)) {
                text.push(c);
                end = at;
            }
        }
        tokens.push(Token { position, end, text, quoted });
    }
    Ok(tokens)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    end: usize,
    terms: Vec<Term>,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn fault(&self, expected: &'static str) -> Fault {
        let position = self.peek().map_or(self.end, |t| t.position);
        Fault { position, found: self.peek().map(|t| t.text.clone()).unwrap_or_default(), expected }
    }

    /// Whether the next token is one of these words, which have no quotes and any case.
    fn is(&self, words: &[&str]) -> bool {
        self.peek().is_some_and(|t| !t.quoted && words.iter().any(|w| t.text.eq_ignore_ascii_case(w)))
    }

    fn take(&mut self, word: &str, expected: &'static str) -> Result<(), Fault> {
        if !self.is(&[word]) {
            return Err(self.fault(expected));
        }
        self.at += 1;
        Ok(())
    }

    /// Terms with `AND` and `OR` between them: what binds closer does not matter here.
    fn expression(&mut self, depth: usize) -> Result<(), Fault> {
        self.term(depth)?;
        while self.is(&["AND", "OR"]) {
            self.at += 1;
            self.term(depth)?;
        }
        Ok(())
    }

    fn term(&mut self, depth: usize) -> Result<(), Fault> {
        if depth > DEEPEST {
            return Err(self.fault("less nesting"));
        }
        let (states, at_least, not) = (self.is(&STATES), self.is(&["AT_LEAST"]), self.is(&["NOT"]));
        let nested = self.is(&["("]);
        if !(states || at_least || not || nested || self.is(&["TRUE", "FALSE"])) {
            return Err(self.fault(TERM));
        }
        let start = self.peek().map_or(0, |t| t.position - 1);
        self.at += 1;
        if nested {
            self.expression(depth + 1)?;
            return self.take(")", "`)`, `AND` or `OR`");
        } else if not {
            return self.term(depth + 1);
        }
        let alarms = if states {
            self.take("(", "`(`")?;
            let name = self.name()?;
            self.take(")", "`)`")?;
            vec![name]
        } else if at_least {
            self.at_least()?
        } else {
            Vec::new()
        };
        let end = self.tokens.get(self.at - 1).map_or(start, |t| t.end);
        self.terms.push(Term { place: start..end, alarms });
        Ok(())
    }

    fn at_least(&mut self) -> Result<Vec<String>, Fault> {
        self.take("(", "`(`")?;
        let is_count = |text: &str| {
            let (number, most) = text.strip_suffix('%').map_or((text, u32::MAX), |percent| (percent, 100));
            number.bytes().all(|b| b.is_ascii_digit()) && number.parse::<u32>().is_ok_and(|n| (1..=most).contains(&n))
        };
        if !self.peek().is_some_and(|t| !t.quoted && is_count(&t.text)) {
            return Err(self.fault("a number or a percentage"));
        }
        self.at += 1;
        self.take(",", "`,`")?;
        if self.is(&["NOT"]) {
            self.at += 1;
        }
        if !self.is(&STATES) {
            return Err(self.fault(STATE));
        }
        self.at += 1;
        self.take(",", "`,`")?;
        self.take("(", "`(`")?;
        let mut alarms = vec![self.name()?];
        while self.is(&[","]) {
            self.at += 1;
            alarms.push(self.name()?);
        }
        self.take(")", "`,` or `)`")?;
        self.take(")", "`)`")?;
        Ok(alarms)
    }

    fn name(&mut self) -> Result<String, Fault> {
        let Some(token) = self.peek().filter(|t| t.quoted || !["(", ")", ","].contains(&t.text.as_str())) else {
            return Err(self.fault(NAME));
        };
        if token.text.is_empty() {
            return Err(self.fault(NAME));
        }
        let name = token.text.clone();
        self.at += 1;
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(rule: &str) -> Vec<String> {
        alarms(rule).unwrap_or_else(|fault| panic!("{rule}: {fault}")).into_iter().collect()
    }

    #[test]
    fn the_alarms_of_a_rule_are_read() {
        for (rule, read) in [
            ("ALARM(a)", vec!["a"]),
            ("ALARM(a) AND (OK(\"b c\") OR NOT INSUFFICIENT_DATA('d)'))", vec!["a", "b c", "d)"]),
            ("not alarm(a) or TRUE", vec!["a"]),
            (
                "ALARM(arn:aws:cloudwatch:us-east-1:123456789012:alarm:a)",
                vec!["arn:aws:cloudwatch:us-east-1:123456789012:alarm:a"],
            ),
            ("AT_LEAST(2, ALARM, (a, b, \"c d\"))", vec!["a", "b", "c d"]),
            ("AT_LEAST(50%, NOT OK, (a,b)) AND ALARM(a)", vec!["a", "b"]),
            ("  FALSE\n", vec![]),
            ("NOT NOT ((TRUE))", vec![]),
            ("ALARM(ALARM) OR OK(AND)", vec!["ALARM", "AND"]),
        ] {
            assert_eq!(names(rule), read, "{rule}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (rule, position, found, expected) in [
            ("", 1, "", "`ALARM(...)`"),
            ("ALARM(a) AND", 13, "", "`ALARM(...)`"),
            ("(ALARM(a)", 10, "", "`)`, `AND` or `OR`"),
            ("ALARM(a))", 9, ")", "the end of the rule"),
            ("ALARM(a b)", 9, "b", "`)`"),
            ("ALARM()", 7, ")", "the name or ARN"),
            ("ALARM(\"\")", 7, "", "the name or ARN"),
            ("ALARM(\"a)", 7, "\"a)", "a closing quote"),
            ("a AND b", 1, "a", "`ALARM(...)`"),
            ("ALARM(a) OK(b)", 10, "OK", "`AND`, `OR`"),
            ("\"ALARM\"(a)", 1, "ALARM", "`ALARM(...)`"),
            ("AT_LEAST(0, ALARM, (a))", 10, "0", "a number"),
            ("AT_LEAST(101%, ALARM, (a))", 10, "101%", "a number"),
            ("AT_LEAST(1, TRUE, (a))", 13, "TRUE", "`ALARM`, `OK`"),
            ("AT_LEAST(1, ALARM, a)", 20, "a", "`(`"),
            ("ALARM(\u{e9}) \u{e9}", 10, "\u{e9}", "`AND`"),
        ] {
            let fault = alarms(rule).expect_err(rule);
            assert_eq!((fault.position, fault.found.as_str()), (position, found), "{rule}: {fault}");
            assert!(fault.expected.contains(expected), "{rule}: {fault}");
        }
    }

    #[test]
    fn the_terms_of_an_alarm_are_taken_out() {
        for (rule, left) in [
            ("ALARM(a)", Some("FALSE")),
            ("ALARM(b) or NOT ( OK ( 'a' ) ) AND ALARM(a)", Some("ALARM(b) or NOT ( FALSE ) AND FALSE")),
            ("ALARM(\"arn:aws:cloudwatch:us-east-1:123456789012:alarm:a\") AND TRUE", Some("FALSE AND TRUE")),
            ("AT_LEAST(2, ALARM, (\u{e9}, a, b)) OR OK(ab)", Some("FALSE OR OK(ab)")),
            ("ALARM(ab) AND OK(\"a b\")", None),
            ("ALARM(a", None),
        ] {
            assert_eq!(without(rule, "a").as_deref(), left, "{rule}");
            assert!(left.is_none_or(|left| alarms(left).is_ok()), "{rule}");
        }
    }

    #[test]
    fn no_nesting_uses_up_the_stack() {
        let deep = "(".repeat(10_000);
        assert_eq!(alarms(&deep).expect_err("it is too deep").expected, "less nesting");
        assert_eq!(alarms(&"NOT ".repeat(2_500)).expect_err("it is too deep").expected, "less nesting");
    }
}
