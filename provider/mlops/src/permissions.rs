//! The IAM permissions of whoever plans, applies or destroys a stack: what the operations of the declared resources need, on
//! objects whose names begin as those of the stack do.
//!
//! Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS services".

mod beyond;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use self::beyond::{BEYOND, IN_VPC, ROLES, SCRIPTS};
use crate::aws::operation::Operation;
use crate::engine::Declared;
use crate::resources::DECLARED;

/// The longest managed policy, in characters that are not white space (IAM user guide, "IAM and AWS STS quotas").
pub const LONGEST: usize = 6144;

/// What somebody does with a stack. Who applies it destroys it, too, and who destroys it plans it before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Reads what there is.
    Plan,
    /// Lists also what has other names, for `terraform query`. Nothing else needs that.
    Query,
    /// Ends and deletes it.
    Destroy,
    /// Creates and changes it.
    Apply,
}

/// The data sources and ephemeral resources that need permissions which no resource of their name has.
const OTHERS: &[&str] = &[
    "cost_estimate",
    "inference",
    "model_packages",
    "presigned_domain_url",
    "presigned_notebook_instance_url",
    "presigned_s3_url",
    "s3_object",
    "service_quota",
];

/// The stack.
#[derive(Clone, Debug, Default)]
pub struct Stack {
    /// The partition: `aws`.
    pub partition: String,
    /// The account's 12 digits.
    pub account: String,
    /// Its regions.
    pub regions: Vec<String>,
    /// What the names of its objects begin with.
    pub prefixes: Vec<String>,
    /// Its resource types and data sources, without `mlops_`. None: any.
    pub types: Option<BTreeSet<String>>,
    /// ARNs of roles that are passed to AWS, beside those whose names begin so.
    pub role_arns: Vec<String>,
    /// ARNs of the KMS keys that encrypt objects of the stack.
    pub kms_key_arns: Vec<String>,
    /// Whether some of its objects delete network interfaces that SageMaker left: `delete_vpc_enis_on_destroy`.
    pub deletes_interfaces: bool,
    /// Whether training jobs of it delete the model packages that they registered: `delete_model_packages_on_destroy`.
    pub deletes_model_packages: bool,
}

/// A statement's ID, the types that need a service-linked role, and the service that has it.
type ServiceRole = (&'static str, &'static [&'static str], &'static str);

/// Sources: Application Auto Scaling user guide, "Service-linked roles"; SageMaker developer guide, "Amazon SageMaker AI API
/// Permissions", CreateDomain.
const SERVICE_ROLES: &[ServiceRole] = &[
    (
        "ServiceLinkedRole",
        &["autoscaling_target", "endpoint_autoscaling"],
        "sagemaker.application-autoscaling.amazonaws.com",
    ),
    ("ServiceLinkedRoleOfStudio", &["studio_domain"], "sagemaker.amazonaws.com"),
];

/// Actions on resources.
type Grants = BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)>;

impl Stack {
    /// The statements of the policy.
    pub fn statements(&self, access: Access) -> Vec<Value> {
        let mut grants = Grants::new();
        for declared in DECLARED.iter().filter(|d| self.has((d.schema)().name.as_ref())) {
            self.grant(&mut grants, access, declared);
        }
        for (types, needed, actions, resources) in BEYOND {
            if *needed <= access && types.iter().any(|t| if *t == SCRIPTS { self.has_scripts() } else { self.has(t) }) {
                for action in *actions {
                    self.add(&mut grants, action, resources.iter().flat_map(|r| self.expand(r)));
                }
            }
        }
        // What nobody asks for is not allowed: the names of interfaces say nothing of whose they are.
        if access >= Access::Destroy && self.deletes_interfaces && IN_VPC.iter().any(|t| self.has(t)) {
            let interfaces = self.expand("arn:{partition}:ec2:{region}:{account}:network-interface/*");
            self.add(&mut grants, "ec2:DeleteNetworkInterface", interfaces);
        }
        if access >= Access::Destroy && self.deletes_model_packages && self.has("training_job") {
            let packages = self.expand("arn:{partition}:sagemaker:{region}:{account}:model-package/{lower_prefix}*");
            self.add(&mut grants, "sagemaker:DeleteModelPackage", packages);
        }
        let mut statements: Vec<Value> = grants
            .into_iter()
            .map(|(sid, (actions, resources))| {
                json!({ "Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources })
            })
            .collect();
        statements.extend(self.roles_passed(access));
        statements.extend(SERVICE_ROLES.iter().filter_map(|made| self.service_role(access, made)));
        statements.extend(self.keys_used(access));
        statements.extend(self.file_system(access));
        statements
    }

    /// The statements as one policy.
    pub fn policy(&self, access: Access) -> Value {
        document(self.statements(access))
    }

    /// The statements as policies that are short enough for managed policies. A statement that is too long is divided.
    pub fn policies(&self, access: Access) -> Vec<Value> {
        let mut documents: Vec<Vec<Value>> = vec![Vec::new()];
        let length = |statements: &[Value]| document(statements.to_vec()).to_string().len();
        let divided = self.statements(access).into_iter().flat_map(divided);
        for statement in divided {
            if let Some(last) = documents.last_mut() {
                last.push(statement.clone());
                if length(last) <= LONGEST {
                    continue;
                }
                last.pop();
            }
            documents.push(vec![statement]);
        }
        documents.into_iter().filter(|statements| !statements.is_empty()).map(document).collect()
    }

    fn has(&self, name: &str) -> bool {
        self.types.as_ref().is_none_or(|types| types.contains(name))
    }

    fn has_scripts(&self) -> bool {
        DECLARED.iter().any(|d| d.scripts.is_some() && self.has((d.schema)().name.as_ref()))
    }

    /// What the operations of a declared resource need.
    fn grant(&self, grants: &mut Grants, access: Access, declared: &Declared) {
        let mut resources = self.arns_of(declared);
        resources.extend(declared.children.iter().flat_map(|children| self.arns_of(children.declared)));
        resources.extend(declared.versions.iter().flat_map(|versions| self.arns_of(versions.kind)));
        // Requests of endpoints name their configurations, and those of inference components their endpoints.
        for (of, other) in [("endpoint", "endpoint-config"), ("inference_component", "endpoint")] {
            if (declared.schema)().name == of {
                let template = format!("arn:{{partition}}:sagemaker:{{region}}:{{account}}:{other}/{{prefix}}*");
                resources.extend(self.expand(&template));
            }
        }
        let lists = declared.list.filter(|_| access == Access::Query).map(|list| list.operation);
        let needed = operations(declared).into_iter().filter(|operation| access_of(operation) <= access);
        for operation in needed.chain(lists) {
            let action = action(&operation);
            if is_unscoped(&operation) {
                self.add(grants, &action, ["*".to_owned()]);
            } else {
                self.add(grants, &action, resources.iter().cloned());
            }
        }
        let children = declared.children.and_then(|children| children.declared.logs);
        let runs = declared.runs.and_then(|runs| runs.declared.logs);
        for logs in declared.logs.into_iter().chain(children).chain(runs) {
            let group =
                format!("arn:{{partition}}:logs:{{region}}:{{account}}:log-group:{}", patterned(logs.group, false));
            let (resources, actions): (Vec<_>, _) = (
                self.expand(&group).into_iter().chain(self.expand(&format!("{group}:*"))).collect(),
                [
                    (Access::Plan, "logs:DescribeLogStreams"),
                    (Access::Plan, "logs:GetLogEvents"),
                    (Access::Destroy, "logs:DeleteLogGroup"),
                    (Access::Destroy, "logs:DeleteLogStream"),
                ],
            );
            for (_, action) in actions.into_iter().filter(|(needed, _)| *needed <= access) {
                self.add(grants, action, resources.iter().cloned());
            }
            self.add(grants, "logs:DescribeLogGroups", ["*".to_owned()]);
        }
    }

    /// Adds actions of a service to the statement that has its kind of resources.
    fn add(&self, grants: &mut Grants, action: &str, resources: impl IntoIterator<Item = String>) {
        let service = action.split(':').next().unwrap_or_default();
        let mut resources = resources.into_iter().peekable();
        let kind = match resources.peek().map(String::as_str) {
            Some("*") => "List",
            Some(arn) if service == "s3" && arn.ends_with("/*") => "Objects",
            Some(_) => "",
            None => return,
        };
        let words = service.split('-').map(|word| {
            word.chars().next().map_or(String::new(), |c| c.to_uppercase().chain(word.chars().skip(1)).collect())
        });
        let (actions, held) = grants.entry(words.chain([kind.to_owned()]).collect()).or_default();
        actions.insert(action.to_owned());
        held.extend(resources);
    }

    fn arns_of(&self, declared: &Declared) -> Vec<String> {
        let region = if declared.arn.regional { "{region}" } else { "" };
        let resource = patterned(declared.arn.resource, declared.arn.lower_case);
        self.expand(&format!("arn:{{partition}}:{}:{region}:{{account}}:{resource}", declared.arn.service))
    }

    /// A template for each prefix and region.
    fn expand(&self, template: &str) -> Vec<String> {
        let common = template.replace("{partition}", &self.partition).replace("{account}", &self.account);
        let by = |texts: Vec<String>, mark: &str, values: &[String]| -> Vec<String> {
            let each = |text: String| match text.contains(mark) {
                true => values.iter().map(|value| text.replace(mark, value)).collect(),
                false => vec![text],
            };
            texts.into_iter().flat_map(each).collect()
        };
        let lower: Vec<String> = self.prefixes.iter().map(|prefix| prefix.to_lowercase()).collect();
        by(by(by(vec![common], "{region}", &self.regions), "{prefix}", &self.prefixes), "{lower_prefix}", &lower)
    }

    /// AWS asks it of whoever gives a role to something.
    fn roles_passed(&self, access: Access) -> Option<Value> {
        let mut roles: BTreeSet<String> = ROLES.iter().flat_map(|role| self.expand(role)).collect();
        roles.extend(self.role_arns.iter().cloned());
        (access >= Access::Apply).then(|| {
            json!({
                "Sid": "PassRole",
                "Effect": "Allow",
                "Action": "iam:PassRole",
                "Resource": roles,
                "Condition": { "StringEquals": {
                    "iam:PassedToService": ["events.amazonaws.com", "sagemaker.amazonaws.com", "scheduler.amazonaws.com"],
                } },
            })
        })
    }

    /// The first object of some kinds in an account makes AWS create a role, with the permissions of whoever creates it.
    fn service_role(&self, access: Access, (sid, types, service): &ServiceRole) -> Option<Value> {
        (access >= Access::Apply && types.iter().any(|name| self.has(name))).then(|| {
            json!({
                "Sid": sid,
                "Effect": "Allow",
                "Action": "iam:CreateServiceLinkedRole",
                "Resource": self.expand(&format!("arn:{{partition}}:iam::{{account}}:role/aws-service-role/{service}/*")),
                "Condition": { "StringEquals": { "iam:AWSServiceName": service } },
            })
        })
    }

    /// A domain whose file system is encrypted by a key of one's own. Source: SageMaker developer guide, "Amazon SageMaker AI API
    /// Permissions", CreateDomain.
    fn file_system(&self, access: Access) -> Option<Value> {
        (access >= Access::Apply && self.has("studio_domain") && !self.kms_key_arns.is_empty()).then(|| {
            json!({
                "Sid": "FileSystem",
                "Effect": "Allow",
                "Action": "elasticfilesystem:CreateFileSystem",
                "Resource": self.expand("arn:{partition}:elasticfilesystem:{region}:{account}:file-system/*"),
            })
        })
    }

    /// S3 uses the key with the permissions of its caller, and SageMaker a grant that the caller makes.
    fn keys_used(&self, access: Access) -> Option<Value> {
        let actions: &[&str] = match access {
            Access::Plan | Access::Query | Access::Destroy => &["kms:Decrypt", "kms:DescribeKey"],
            Access::Apply => &[
                "kms:CreateGrant",
                "kms:Decrypt",
                "kms:DescribeKey",
                "kms:GenerateDataKey",
                "kms:GenerateDataKeyWithoutPlaintext",
            ],
        };
        (!self.kms_key_arns.is_empty())
            .then(|| json!({ "Sid": "Keys", "Effect": "Allow", "Action": actions, "Resource": self.kms_key_arns }))
    }
}

/// The resource types, data sources and ephemeral resources that there are, without `mlops_`.
pub fn names() -> BTreeSet<String> {
    let resources = crate::resources::all().into_iter().map(|resource| resource.schema().name.to_string());
    resources.chain(OTHERS.iter().map(|name| (*name).to_owned())).collect()
}

fn document(statements: Vec<Value>) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// A statement in parts of which each fits into a policy.
fn divided(statement: Value) -> Vec<Value> {
    if statement.to_string().len() + document(Vec::new()).to_string().len() <= LONGEST {
        return vec![statement];
    }
    // What is longer is divided; both are needed in each part.
    let list = |member: &str| statement[member].as_array().cloned().unwrap_or_default();
    let (actions, resources) = (list("Action"), list("Resource"));
    let by_actions = serde_json::to_string(&actions).map_or(0, |s| s.len())
        > serde_json::to_string(&resources).map_or(0, |s| s.len());
    let (member, values) = if by_actions { ("Action", actions) } else { ("Resource", resources) };
    if values.len() < 2 {
        return vec![statement];
    }
    let (first, second) = values.split_at(values.len() / 2);
    let part = |values: &[Value], number: usize| {
        let mut part = statement.clone();
        part[member] = Value::Array(values.to_vec());
        part["Sid"] = format!("{}{number}", statement["Sid"].as_str().unwrap_or_default()).into();
        divided(part)
    };
    part(first, 1).into_iter().chain(part(second, 2)).collect()
}

/// A form with patterns instead of attributes: names begin with a prefix, and anything else may be anything.
fn patterned(form: &str, lower_case: bool) -> String {
    let mut pattern = String::new();
    for piece in form.split_inclusive('}') {
        match piece.split_once('{') {
            Some((text, attribute)) => {
                // Only the first of the names begins as the user wants; a group of schedules is everybody's.
                let attribute = attribute.trim_end_matches('}');
                let begins = attribute == "pipeline" || (attribute.ends_with("name") && attribute != "group_name");
                pattern.push_str(text);
                pattern.push_str(match (begins && !pattern.contains("prefix}"), lower_case) {
                    (true, false) => "{prefix}*",
                    (true, true) => "{lower_prefix}*",
                    (false, _) => "*",
                });
            }
            None => pattern.push_str(piece),
        }
    }
    pattern
}

/// Every operation of a declared resource, and of what belongs to it.
fn operations(declared: &Declared) -> Vec<Operation> {
    let mut all = declared.operations();
    all.extend(declared.read.batch.iter().map(|batch| batch.operation));
    all.extend(declared.tags.iter().flat_map(|tags| [tags.list, tags.add, tags.remove]));
    all.extend(declared.tags.and_then(|tags| tags.index).map(|index| index.operation));
    if let Some(children) = &declared.children {
        all.push(children.list);
        all.extend(operations(children.declared));
    }
    if let Some(versions) = &declared.versions {
        all.push(versions.list);
        all.extend(operations(versions.kind));
    }
    all
}

fn access_of(operation: &Operation) -> Access {
    let destroys = ["Delete", "Stop", "Deregister", "Unsubscribe"];
    match operation.name {
        _ if operation.reads() || operation.name.starts_with("Batch") => Access::Plan,
        name if destroys.iter().any(|verb| name.starts_with(verb)) => Access::Destroy,
        _ => Access::Apply,
    }
}

/// The action of an operation. Most have the operation's name.
fn action(operation: &Operation) -> String {
    let service = match operation.service {
        "Application Auto Scaling" => "application-autoscaling".to_owned(),
        "CloudWatch Logs" => "logs".to_owned(),
        "EventBridge" => "events".to_owned(),
        "Resource Groups Tagging API" => "tag".to_owned(),
        service => service.to_lowercase(),
    };
    let name = match (service.as_str(), operation.name) {
        // One action stands for all that change a budget, and one for all that read it.
        ("budgets", name) if !name.contains("Tag") => {
            if operation.reads() {
                "ViewBudget"
            } else {
                "ModifyBudget"
            }
        }
        (_, name) => name,
    };
    format!("{service}:{name}")
}

/// Whether IAM knows no resource for an action, or none whose ARN begins with a name of the user's.
fn is_unscoped(operation: &Operation) -> bool {
    match operation.service {
        "SageMaker" => operation.name.starts_with("List") && operation.name != "ListTags",
        "Application Auto Scaling" => true,
        _ => {
            let without = ["PutAnomalyDetector", "DeleteAnomalyDetector", "Unsubscribe", "SetSubscriptionAttributes"];
            operation.reads() || without.contains(&operation.name)
        }
    }
}

#[cfg(test)]
mod tests;
