//! AWS's prebuilt container images: frameworks, built-in algorithms, and what SageMaker itself runs in jobs.
//!
//! AWS publishes which account has which repository, and with which tags, as tables of its SDK for Python. `table.json` is made
//! of these by `python -m acceptance.prebuilt_images`, which says what it means.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::aws::arn::partition;
use crate::pipeline_definition::suggestion;

/// What an image is chosen by. All but the framework and the region may be left out where it makes no difference.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// What the SDK calls the framework, algorithm or tool: `pytorch`.
    pub framework: &'a str,
    /// Its version, in full or short: `2.6.0`, `2.6`.
    pub version: Option<&'a str>,
    /// The region that the image is pulled in.
    pub region: &'a str,
    /// What the image is for: `training`, `inference`, `processing` ...
    pub image_scope: Option<&'a str>,
    /// The instances that it runs on, which have processors: `ml.g5.xlarge`.
    pub instance_type: Option<&'a str>,
    /// The version of Python: `py312`.
    pub py_version: Option<&'a str>,
    /// For Hugging Face, the framework below it: `pytorch2.6.0`.
    pub base_framework_version: Option<&'a str>,
    /// The end of the tag, where AWS's tables leave it open.
    pub container_version: Option<&'a str>,
}

/// Which of the arguments is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// [`Wanted::framework`].
    Framework,
    /// [`Wanted::version`].
    Version,
    /// [`Wanted::region`].
    Region,
    /// [`Wanted::image_scope`].
    ImageScope,
    /// [`Wanted::instance_type`].
    InstanceType,
    /// [`Wanted::py_version`].
    PyVersion,
    /// [`Wanted::base_framework_version`].
    BaseFrameworkVersion,
    /// [`Wanted::container_version`].
    ContainerVersion,
}

/// Why there is no image: the argument to blame, and a sentence.
pub type Unavailable = (Argument, String);

/// An image.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Image {
    /// The account of AWS that it is in.
    pub account_id: String,
    /// The name of its repository in ECR.
    pub repository: String,
    /// Its tag; None for the one image that has none.
    pub tag: Option<String>,
    /// What all of this is in a request.
    pub uri: String,
}

#[derive(Debug, Default, Deserialize)]
struct Table {
    registries: Vec<BTreeMap<String, String>>,
    images: BTreeMap<String, Vec<Row>>,
}

/// Images that differ in nothing but what their tag says.
#[derive(Debug, Deserialize)]
struct Row {
    #[serde(default)]
    scopes: Vec<String>,
    /// Each version in full, followed by its short forms.
    versions: Vec<Vec<String>>,
    #[serde(default)]
    bases: Vec<String>,
    #[serde(default)]
    pythons: Vec<String>,
    repository: String,
    registries: usize,
    /// By processor; an empty one if it makes no difference.
    tags: BTreeMap<String, String>,
}

/// The table. A test reads it, so that it is never the default.
static TABLE: LazyLock<Table> = LazyLock::new(|| serde_json::from_str(include_str!("table.json")).unwrap_or_default());

/// The one image that is wanted.
///
/// # Errors
/// What there is instead, or which argument is needed to tell images apart.
pub fn find(wanted: &Wanted<'_>) -> Result<Image, Unavailable> {
    let framework = wanted.framework;
    let Some(rows) = TABLE.images.get(framework) else {
        let names = TABLE.images.keys().map(String::as_str);
        let all = listed(names.clone());
        let meant = suggestion(framework, names);
        return Err((Argument::Framework, format!("There is no framework {framework:?}.{meant} There are {all}.")));
    };
    let rows = rows.iter().collect();
    let rows = chosen(rows, wanted.image_scope, Argument::ImageScope, framework, |row| &row.scopes)?;
    let (rows, version) = by_version(rows, wanted)?;
    let rows =
        chosen(rows, wanted.base_framework_version, Argument::BaseFrameworkVersion, framework, |row| &row.bases)?;
    let rows = by_processor(rows, wanted)?;
    let rows: Vec<&Choice<'_>> = rows.iter().collect();
    let rows = chosen(rows, wanted.py_version, Argument::PyVersion, framework, |choice| &choice.row.pythons)?;
    let images: BTreeSet<Image> =
        rows.iter().map(|choice| choice.image(version, wanted)).collect::<Result<_, Unavailable>>()?;
    let mut images = images.into_iter();
    match (images.next(), images.next()) {
        (Some(image), None) => Ok(image),
        _ => Err(undecided(&rows, framework)),
    }
}

/// One of a row's lists, of what can be chosen.
type List = fn(&Row) -> &Vec<String>;

/// The error where several images are left: the argument that tells them apart.
fn undecided(rows: &[&Choice<'_>], framework: &str) -> Unavailable {
    let lists: [(Argument, List); 3] = [
        (Argument::BaseFrameworkVersion, |row| &row.bases),
        (Argument::ImageScope, |row| &row.scopes),
        (Argument::PyVersion, |row| &row.pythons),
    ];
    let differs = |list: List| rows.windows(2).any(|two| list(two[0].row) != list(two[1].row));
    let (argument, list) = lists.into_iter().find(|(_, list)| differs(*list)).unwrap_or(lists[1]);
    needed(argument, framework, listed(rows.iter().flat_map(|choice| list(choice.row))))
}

/// A row with the tag for a processor.
struct Choice<'a> {
    row: &'a Row,
    tag: &'a str,
}

/// The rows that have a value in one of their lists; all of them if none is chosen. A row without a list does not differ.
fn chosen<'a, R: Copy>(
    rows: Vec<R>,
    value: Option<&str>,
    argument: Argument,
    framework: &str,
    list: impl Fn(R) -> &'a Vec<String>,
) -> Result<Vec<R>, Unavailable> {
    let Some(value) = value else { return Ok(rows) };
    let has = |row: &R| list(*row).iter().any(|one| one == value);
    let found: Vec<R> = rows.iter().copied().filter(has).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let there_are = listed(rows.iter().flat_map(|row| list(*row)));
    let name = argument.name();
    Err((
        argument,
        match there_are.as_str() {
            "" => format!("Images of {framework} have no `{name}`."),
            _ => format!("{framework} has no image for the `{name}` {value:?}; there are {there_are}."),
        },
    ))
}

/// The rows of a version, and how the tag spells it: as it was given, for both forms are tags.
fn by_version<'a>(rows: Vec<&'a Row>, wanted: &Wanted<'a>) -> Result<(Vec<&'a Row>, &'a str), Unavailable> {
    let framework = wanted.framework;
    let full =
        |row: &&'a Row| row.versions.iter().filter_map(|forms| forms.first()).map(String::as_str).collect::<Vec<_>>();
    let mut all: Vec<&'a str> = Vec::new();
    for version in rows.iter().flat_map(full) {
        if !all.contains(&version) {
            all.push(version);
        }
    }
    match (wanted.version, &all[..]) {
        (None, [only]) => Ok((rows, only)),
        (None, _) => Err(needed(Argument::Version, framework, listed(all))),
        (Some(version), _) => {
            let has = |row: &&Row| row.versions.iter().flatten().any(|form| form == version);
            let found: Vec<&Row> = rows.into_iter().filter(has).collect();
            match found.is_empty() {
                false => Ok((found, version)),
                true if all == [""] => Err((Argument::Version, format!("The image of {framework} has no version."))),
                true => {
                    let there_are = listed(all);
                    Err((Argument::Version, format!("{framework} has no version {version:?}; there are {there_are}.")))
                }
            }
        }
    }
}

/// The rows that run on an instance type, each with its tag.
fn by_processor<'a>(rows: Vec<&'a Row>, wanted: &Wanted<'_>) -> Result<Vec<Choice<'a>>, Unavailable> {
    let framework = wanted.framework;
    let offered: BTreeSet<&str> = rows.iter().flat_map(|row| row.tags.keys()).map(String::as_str).collect();
    let processors = match wanted.instance_type {
        Some(instance_type) => processors_of(instance_type).ok_or_else(|| {
            let text = format!("{instance_type:?} is not an instance type, such as `ml.m5.large`.");
            (Argument::InstanceType, text)
        })?,
        // Nobody means Graviton who does not say so, unless there is nothing else.
        None => {
            let usual: Vec<&str> = offered.iter().copied().filter(|p| !p.starts_with("arm64")).collect();
            match (&usual[..], offered.len()) {
                ([only], _) => vec![*only],
                ([], 1) => offered.iter().copied().collect(),
                _ => return Err(needed(Argument::InstanceType, framework, listed(offered))),
            }
        }
    };
    let found = |processor: &&str| {
        let with = |row: &&'a Row| Some(Choice { row, tag: row.tags.get(*processor)? });
        Some(rows.iter().filter_map(with).collect::<Vec<_>>()).filter(|found| !found.is_empty())
    };
    processors.iter().find_map(found).ok_or_else(|| {
        let instance_type = wanted.instance_type.unwrap_or_default();
        let there_are = match offered.contains("") {
            true => "its images are for x86 processors".to_owned(),
            false => format!("there are images for {}", listed(offered)),
        };
        (Argument::InstanceType, format!("This image of {framework} does not run on {instance_type}; {there_are}."))
    })
}

/// What the processors of an instance type are called in the table, the most special first. None if it is not of the form of an
/// instance type. Instance types have the letters of their family, a generation, and then `g` if the processor is AWS's Graviton
/// (EC2 User Guide, "Amazon EC2 instance type naming conventions").
fn processors_of(instance_type: &str) -> Option<Vec<&str>> {
    let (family, size) = instance_type.strip_prefix("ml.")?.split_once('.')?;
    let letters = family.split(|c: char| c.is_ascii_digit()).next().unwrap_or_default();
    let after =
        family.trim_start_matches(|c: char| c.is_ascii_alphabetic()).trim_start_matches(|c: char| c.is_ascii_digit());
    let has_gpu = letters.starts_with(['g', 'p']);
    match letters {
        _ if letters.is_empty() || size.is_empty() || letters.len() == family.len() => None,
        "inf" | "trn" => Some(vec![family, letters, "neuronx"]),
        _ if after.starts_with('g') => Some(vec![if has_gpu { "arm64-gpu" } else { "arm64" }]),
        _ => Some(vec![family, if has_gpu { "gpu" } else { "cpu" }, ""]),
    }
}

impl Choice<'_> {
    fn image(&self, version: &str, wanted: &Wanted<'_>) -> Result<Image, Unavailable> {
        let Row { repository, .. } = self.row;
        let (region, framework) = (wanted.region, wanted.framework);
        let registries = TABLE.registries.get(self.row.registries);
        let account = registries.into_iter().flatten().find(|(_, regions)| regions.split(' ').any(|one| one == region));
        let Some((account_id, _)) = account else {
            let regions: BTreeSet<&str> =
                registries.into_iter().flatten().flat_map(|(_, all)| all.split(' ')).collect();
            let text = format!(
                "AWS has no image of {framework} in {region:?}, as far as this version of the provider knows. It is in"
            );
            return Err((Argument::Region, format!("{text} {}.", listed(regions))));
        };
        let tag = self.rendered(version, wanted)?;
        let host = format!("{account_id}.dkr.ecr.{region}.{}", partition(region).dns_suffix);
        let uri = if tag.is_empty() { format!("{host}/{repository}") } else { format!("{host}/{repository}:{tag}") };
        Ok(Image {
            account_id: account_id.clone(),
            repository: repository.clone(),
            tag: Some(tag).filter(|tag| !tag.is_empty()),
            uri,
        })
    }

    /// The tag with what was chosen in the places of what is in braces.
    fn rendered(&self, version: &str, wanted: &Wanted<'_>) -> Result<String, Unavailable> {
        let only = |given: Option<&str>, all: &[String]| match (given, all) {
            (None, [only]) => Some(only.clone()),
            (given, _) => given.map(str::to_owned),
        };
        let base = match wanted.base_framework_version {
            Some(base) => Some(base.to_owned()),
            // Of several names the first one is the full one.
            None => self.row.bases.first().cloned(),
        };
        let base = base.map(|base| base.trim_start_matches(|c: char| c.is_ascii_alphabetic()).to_owned());
        let choices = [
            ("version", Some(version.to_owned()), Argument::Version, String::new()),
            ("base", base, Argument::BaseFrameworkVersion, listed(&self.row.bases)),
            ("py", only(wanted.py_version, &self.row.pythons), Argument::PyVersion, listed(&self.row.pythons)),
            ("container", wanted.container_version.map(str::to_owned), Argument::ContainerVersion, String::new()),
        ];
        if wanted.container_version.is_some() && !self.tag.contains("{container}") {
            let text = format!("The tag of this image of {} has no `container_version` to choose.", wanted.framework);
            return Err((Argument::ContainerVersion, text));
        }
        let mut tag = self.tag.to_owned();
        for (name, value, argument, there_are) in choices {
            let (place, optional) = (format!("{{{name}}}"), format!("[-{{{name}}}]"));
            match value {
                Some(value) => tag = tag.replace(&optional, &format!("-{value}")).replace(&place, &value),
                None => tag = tag.replace(&optional, ""),
            }
            if tag.contains(&place) {
                return Err(needed(argument, wanted.framework, there_are));
            }
        }
        Ok(tag)
    }
}

impl Argument {
    /// What the argument is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Framework => "framework",
            Self::Version => "version",
            Self::Region => "region",
            Self::ImageScope => "image_scope",
            Self::InstanceType => "instance_type",
            Self::PyVersion => "py_version",
            Self::BaseFrameworkVersion => "base_framework_version",
            Self::ContainerVersion => "container_version",
        }
    }
}

/// The error for an argument without which several images are meant.
fn needed(argument: Argument, framework: &str, there_are: String) -> Unavailable {
    let which = match argument {
        Argument::InstanceType => format!("an instance type with one of these processors: {there_are}"),
        _ => format!("one of {there_are}"),
    };
    (argument, format!("There are several images of {framework}. Set `{}` to {which}.", argument.name()))
}

/// A list for people, each once.
fn listed<T: AsRef<str>>(all: impl IntoIterator<Item = T>) -> String {
    let mut found: Vec<String> = Vec::new();
    for one in all {
        if !one.as_ref().is_empty() && !found.iter().any(|f| f == one.as_ref()) {
            found.push(one.as_ref().to_owned());
        }
    }
    found.join(", ")
}
