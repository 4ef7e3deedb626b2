//! Doc comments as Markdown descriptions.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The doc comment, or None if there is none. The lines of a paragraph become one; blank lines, lists, tables, headings
/// and code blocks stay as they are.
pub(crate) fn description(attributes: &[Attribute]) -> Option<String> {
    let lines: Vec<String> = attributes.iter().filter_map(line).collect();
    let text = join(lines.iter().flat_map(|l| l.lines().chain(l.is_empty().then_some(""))));
    (!text.is_empty()).then_some(text)
}

fn line(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

fn join<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::new();
    let mut in_code = false;
    let mut joins = false;
    for line in lines {
        let line = line.strip_prefix(' ').unwrap_or(line).trim_end();
        let fence = line.trim_start().starts_with("```");
        if joins && !fence && continues_paragraph(line) {
            text.push(' ');
            text.push_str(line.trim_start());
        } else {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(line);
        }
        in_code ^= fence;
        joins = !in_code && !fence && !line.trim().is_empty() && !line.starts_with(['|', '#']);
    }
    text.trim().to_owned()
}

fn continues_paragraph(line: &str) -> bool {
    let line = line.trim_start();
    let numbered = line.split_once(". ").is_some_and(|(n, _)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    !line.is_empty() && !numbered && !["- ", "* ", "+ ", "|", "#", ">"].iter().any(|start| line.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_joined_and_structure_stays() {
        let input = " A name\n that is *unique*.\n\n Either:\n - one\n   and more\n - two\n\n ```hcl\n a = 1\n   b = 2\n ```\n after\n";
        let joined = join(input.lines());
        let expected =
            "A name that is *unique*.\n\nEither:\n- one and more\n- two\n\n```hcl\na = 1\n  b = 2\n```\nafter";
        assert_eq!(joined, expected);
    }

    #[test]
    fn attributes_become_one_text() {
        let item: syn::ItemStruct = syn::parse_quote! {
            /// First line
            /// goes on.
            ///
            /// Second paragraph.
            struct X;
        };
        assert_eq!(description(&item.attrs).as_deref(), Some("First line goes on.\n\nSecond paragraph."));
        let bare: syn::ItemStruct = syn::parse_quote! {
            ///
            struct X;
        };
        assert_eq!(description(&bare.attrs), None);
    }
}
