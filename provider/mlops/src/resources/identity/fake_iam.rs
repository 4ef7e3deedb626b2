//! As much of IAM (and STS) as the role's tests need: roles in memory, over the AWS query protocol.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use crate::testing::{ACCOUNT, Answer, Asked, Stub};

/// A role as IAM has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct FakeRole {
    pub(super) path: String,
    pub(super) trust: String,
    pub(super) description: String,
    pub(super) max_session_duration: String,
    pub(super) boundary: Option<String>,
    pub(super) attached: BTreeSet<String>,
    pub(super) inline: BTreeMap<String, String>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) profiles: BTreeSet<String>,
}

/// All roles by name, to look at and to change behind Terraform's back.
pub(super) type Roles = Arc<Mutex<BTreeMap<String, FakeRole>>>;

/// An error that an action ends with, so many times.
pub(super) type Fault = (&'static str, &'static str, usize);

/// Starts a fake IAM.
pub(super) async fn start(faults: &[Fault]) -> (Stub, Roles) {
    let roles = Roles::default();
    let held = roles.clone();
    let faults = Mutex::new(faults.to_vec());
    let stub = Stub::start(move |asked| {
        let action = asked.parameter("Action").unwrap();
        let mut faults = faults.lock().unwrap();
        if let Some((_, code, times)) = faults.iter_mut().find(|(a, _, times)| *a == action && *times > 0) {
            *times -= 1;
            return error(400, code, &format!("iam:{action} is out of order"));
        }
        answer(&mut held.lock().unwrap(), &action, asked)
    })
    .await;
    (stub, roles)
}

/// The actions that were asked for, in order, reads left out.
pub(super) fn changes(stub: &Stub) -> Vec<String> {
    let actions = stub.take().into_iter().map(|asked| asked.parameter("Action").unwrap());
    actions.filter(|a| !a.starts_with("Get") && !a.starts_with("List")).collect()
}

fn ok(action: &str, result: &str) -> Answer {
    let body = format!(
        "<{action}Response xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><{action}Result>{result}\
         </{action}Result><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></{action}Response>"
    );
    Answer(200, vec![("content-type", "text/xml".into())], body)
}

fn error(status: u16, code: &str, message: &str) -> Answer {
    let body = format!(
        "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type>\
         <Code>{code}</Code><Message>{message}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>"
    );
    Answer(status, vec![("content-type", "text/xml".into()), ("x-amzn-requestid", "r-1".into())], body)
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

fn role_xml(name: &str, role: &FakeRole) -> String {
    let FakeRole { path, trust, description, max_session_duration, boundary, tags, .. } = role;
    let boundary = boundary.as_ref().map_or_else(String::new, |arn| {
        format!("<PermissionsBoundary><PermissionsBoundaryArn>{arn}</PermissionsBoundaryArn></PermissionsBoundary>")
    });
    let tags: String = tags.iter().map(|(k, v)| format!("<member><Key>{k}</Key><Value>{v}</Value></member>")).collect();
    format!(
        "<Role><Path>{path}</Path><RoleName>{name}</RoleName><RoleId>AROA1</RoleId>\
         <Arn>arn:aws:iam::{ACCOUNT}:role{path}{name}</Arn><CreateDate>2026-01-02T03:04:05Z</CreateDate>\
         <AssumeRolePolicyDocument>{}</AssumeRolePolicyDocument><Description>{description}</Description>\
         <MaxSessionDuration>{max_session_duration}</MaxSessionDuration>{boundary}<Tags>{tags}</Tags></Role>",
        encoded(trust)
    )
}

fn members<'a>(list: &str, items: impl IntoIterator<Item = &'a String>, item: impl Fn(&str) -> String) -> String {
    let items: String = items.into_iter().map(|i| format!("<member>{}</member>", item(i))).collect();
    format!("<{list}>{items}</{list}><IsTruncated>false</IsTruncated>")
}

fn tags_of(asked: &Asked) -> BTreeMap<String, String> {
    let at = |i: usize, part: &str| asked.parameter(&format!("Tags.member.{i}.{part}"));
    (1..).map_while(|i| Some((at(i, "Key")?, at(i, "Value")?))).collect()
}

fn answer(roles: &mut BTreeMap<String, FakeRole>, action: &str, asked: &Asked) -> Answer {
    let parameter = |name: &str| asked.parameter(name);
    let text = |name: &str| parameter(name).unwrap_or_default();
    let name = text("RoleName");
    if action == "GetCallerIdentity" {
        return ok(action, &format!("<Account>{ACCOUNT}</Account><Arn>a</Arn><UserId>u</UserId>"));
    }
    if action == "CreateRole" {
        if roles.contains_key(&name) {
            return error(409, "EntityAlreadyExists", "Role with that name already exists.");
        }
        let role = FakeRole {
            path: text("Path"),
            trust: text("AssumeRolePolicyDocument"),
            description: text("Description"),
            max_session_duration: text("MaxSessionDuration"),
            boundary: parameter("PermissionsBoundary"),
            tags: tags_of(asked),
            ..FakeRole::default()
        };
        let result = ok(action, &role_xml(&name, &role));
        roles.insert(name, role);
        return result;
    }
    let Some(role) = roles.get_mut(&name) else {
        return error(404, "NoSuchEntity", &format!("The role with name {name} cannot be found."));
    };
    match action {
        "GetRole" => return ok(action, &role_xml(&name, role)),
        "ListAttachedRolePolicies" => {
            let item = |arn: &str| format!("<PolicyArn>{arn}</PolicyArn>");
            return ok(action, &members("AttachedPolicies", &role.attached, item));
        }
        "ListRolePolicies" => return ok(action, &members("PolicyNames", role.inline.keys(), str::to_owned)),
        "ListInstanceProfilesForRole" => {
            let item = |profile: &str| {
                format!(
                    "<InstanceProfileName>{profile}</InstanceProfileName><InstanceProfileId>i</InstanceProfileId>\
                     <Arn>a</Arn><Path>/</Path><CreateDate>2026-01-02T03:04:05Z</CreateDate><Roles/>"
                )
            };
            return ok(action, &members("InstanceProfiles", &role.profiles, item));
        }
        "GetRolePolicy" => {
            let policy = text("PolicyName");
            let Some(document) = role.inline.get(&policy) else {
                return error(404, "NoSuchEntity", &format!("The role policy with name {policy} cannot be found."));
            };
            let result = format!(
                "<RoleName>{name}</RoleName><PolicyName>{policy}</PolicyName><PolicyDocument>{}</PolicyDocument>",
                encoded(document)
            );
            return ok(action, &result);
        }
        "PutRolePolicy" => {
            role.inline.insert(text("PolicyName"), text("PolicyDocument"));
        }
        "DeleteRolePolicy" => {
            role.inline.remove(&text("PolicyName"));
        }
        "AttachRolePolicy" => {
            role.attached.insert(text("PolicyArn"));
        }
        "DetachRolePolicy" => {
            role.attached.remove(&text("PolicyArn"));
        }
        "UpdateAssumeRolePolicy" => role.trust = text("PolicyDocument"),
        "UpdateRole" => {
            role.description = text("Description");
            role.max_session_duration = text("MaxSessionDuration");
        }
        "PutRolePermissionsBoundary" => role.boundary = parameter("PermissionsBoundary"),
        "DeleteRolePermissionsBoundary" => role.boundary = None,
        "TagRole" => role.tags.extend(tags_of(asked)),
        "UntagRole" => {
            for key in (1..).map_while(|i| parameter(&format!("TagKeys.member.{i}"))) {
                role.tags.remove(&key);
            }
        }
        "RemoveRoleFromInstanceProfile" => {
            role.profiles.remove(&text("InstanceProfileName"));
        }
        "DeleteRole" => {
            if !(role.attached.is_empty() && role.inline.is_empty() && role.profiles.is_empty()) {
                return error(409, "DeleteConflict", "Cannot delete entity, must detach all policies first.");
            }
            roles.remove(&name);
        }
        other => return error(400, "InvalidAction", other),
    }
    ok(action, "")
}
