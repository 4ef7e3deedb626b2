//! The words that users read are AWS's and Terraform's: in descriptions, and in every text of the code.

use std::path::{Path as File, PathBuf};
use std::str::FromStr;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use tfplug::resource::Provider;
use tfplug::schema::{Kind, Object, Schema};

use crate::Mlops;

/// Words that do not belong, and what AWS and Terraform say instead. A phrase counts as a whole.
const WORDS: &[(&str, &str)] = &[
    ("anew", "again"),
    ("answer", "response"),
    ("answered", "responded"),
    ("answers", "responses"),
    ("broke off", "was aborted"),
    ("check-point", "checkpoint"),
    ("check-points", "checkpoints"),
    ("fewest", "minimum number of"),
    ("folder", "directory, or prefix"),
    ("folders", "directories, or prefixes"),
    ("goes before", "takes precedence over"),
    ("id", "ID"),
    ("ids", "IDs"),
    ("licence", "license"),
    ("machine", "instance, or host"),
    ("machines", "instances, or hosts"),
    ("per cent", "percentage, or %"),
    ("stand-in", "local AWS stack"),
    ("stand-ins", "local AWS stacks"),
    ("tells", "returns, or says"),
    ("told", "reported, or notified"),
];

/// Names that contain such a word.
const NAMES: &[&str] = &["machine learning", "machine-learning", "Machine Image"];

/// The text without code spans, placeholders, tags and names.
fn prose(text: &str) -> String {
    let outside = |text: &str, mark: &str| text.split(mark).step_by(2).collect::<Vec<_>>().join(" ");
    let mut prose = outside(&outside(text, "```"), "`");
    for (open, close) in [('{', '}'), ('<', '>')] {
        while let Some((start, end)) =
            prose.find(open).and_then(|start| Some((start, start + prose[start..].find(close)?)))
        {
            prose.replace_range(start..=end, " ");
        }
    }
    NAMES.iter().fold(prose, |prose, name| prose.replace(name, " "))
}

/// What does not belong into a text.
fn wrong(text: &str) -> Vec<String> {
    let prose = prose(text).replace("ID", "");
    let words: Vec<String> = prose
        .split(|c: char| !c.is_alphanumeric() && c != '-' && c != '_')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let line = format!(" {} ", words.join(" "));
    let found = WORDS.iter().filter(|(word, _)| line.contains(&format!(" {word} ")));
    found.map(|(word, better)| format!("`{word}` (better: {better}) in {text:?}")).collect()
}

fn texts_of(object: &Object, name: &str, texts: &mut Vec<(String, String)>) {
    for a in &object.attributes {
        let name = format!("{name}.{}", a.name);
        texts.push((name.clone(), a.description.to_string()));
        texts.extend(a.deprecated.iter().map(|text| (name.clone(), text.to_string())));
        texts.extend(a.validators.iter().map(|validator| (name.clone(), validator.expected())));
        if let Kind::Nested(_, inner) = &a.kind {
            texts_of(inner, &name, texts);
        }
    }
}

#[test]
fn descriptions_are_in_the_words_of_aws_and_terraform() {
    let mut texts = Vec::new();
    let resources = Mlops.resources().into_iter().map(|r| r.schema());
    let data_sources = Mlops.data_sources().into_iter().map(|d| d.schema());
    for Schema { name, description, object, .. } in resources.chain(data_sources).chain([Mlops.schema()]) {
        texts.push((name.to_string(), description.to_string()));
        texts_of(&object, &name, &mut texts);
    }
    for function in Mlops.functions() {
        let signature = function.signature();
        let parameters = signature.parameters.iter().chain(&signature.variadic).map(|p| p.description.to_string());
        let all = [signature.summary.to_string(), signature.description.to_string()].into_iter().chain(parameters);
        texts.extend(all.map(|text| (signature.name.to_string(), text)));
    }
    assert!(texts.len() > 500, "only {} texts were found", texts.len());
    let found: Vec<String> = texts
        .iter()
        .flat_map(|(name, text)| wrong(text).into_iter().map(move |wrong| format!("{name}: {wrong}")))
        .collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// The string literals of code, but for those in attributes, which doc comments are as well.
fn literals(code: TokenStream, found: &mut Vec<String>) {
    let mut after_hash = false;
    for token in code {
        match &token {
            TokenTree::Group(group) if after_hash && group.delimiter() == Delimiter::Bracket => {}
            TokenTree::Group(group) => literals(group.stream(), found),
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                found.extend(text.strip_prefix('"').map(|text| text.replace("\\n", "\n").replace("\\\n", " ")));
            }
            _ => {}
        }
        after_hash = match &token {
            TokenTree::Punct(mark) => mark.as_char() == '#' || after_hash && mark.as_char() == '!',
            _ => false,
        };
    }
}

fn sources(directory: &File, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        match path.is_dir() {
            true if ["tests", "testing", "pb"].contains(&name.as_str()) => {}
            true => sources(&path, found),
            false
                if name.ends_with(".rs")
                    && !name.contains("test")
                    && !name.contains("fake")
                    && name != "wording.rs" =>
            {
                found.push(path)
            }
            false => {}
        }
    }
}

#[test]
fn messages_are_in_the_words_of_aws_and_terraform() {
    let root = File::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    sources(&root.join("../tfplug/src"), &mut files);
    let (mut seen, mut found) = (0, Vec::new());
    for file in &files {
        let code = std::fs::read_to_string(file).unwrap();
        let product = code.split("#[cfg(test)]\nmod tests {").next().unwrap();
        // A declaration repeats AWS's own messages, and gives reasons that only maintainers read.
        let declaration = product.split_once(": Declared = Declared {").and_then(|(before, rest)| {
            Some(format!("{before} = {{ {}", rest.split_once("\n};").map(|(_, after)| format!("}}; {after}"))?))
        });
        let mut texts = Vec::new();
        let product = declaration.as_deref().unwrap_or(product);
        let tokens = TokenStream::from_str(product).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        literals(tokens, &mut texts);
        // One word is a name or a code.
        for text in texts.iter().filter(|text| text.trim().contains(' ')) {
            seen += 1;
            found.extend(wrong(text).into_iter().map(|wrong| format!("{}: {wrong}", file.display())));
        }
    }
    assert!(seen > 400, "only {seen} texts were found");
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn words_are_found_as_words_outside_of_code_and_names() {
    for (text, word) in [
        ("Number of machines.", "machines"),
        ("The account id", "id"),
        ("It was told, once.", "told"),
        ("The profile goes before keys.", "goes before"),
        ("Check-points go to S3", "check-points"),
    ] {
        assert!(wrong(text).iter().any(|found| found.starts_with(&format!("`{word}`"))), "{text}: {:?}", wrong(text));
    }
    for text in [
        "A machine-learning stack",
        "`folder` in code",
        "{id} is filled in",
        "mkdir: ```\nfolder\n```",
        "ID",
        "toldyou",
    ] {
        assert!(wrong(text).is_empty(), "{text}: {:?}", wrong(text));
    }
}
