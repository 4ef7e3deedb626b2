//! Only approved versions are deployed: what the plan of a model looks up of the model packages that it names.

use std::sync::Arc;

use async_trait::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diag, Diags, Result};
use tfplug::plan::Plan;
use tfplug::value::{Path, Value};

use crate::aws::arn::Arn;
use crate::aws::client::{Aws, Regional};
use crate::aws::operation::{Failure, NEVER, call, is_one_of};
use crate::engine::Hooks;
use crate::resources::inference::endpoint_configuration::users;
use crate::resources::models::model::SageMakerModel;
use crate::resources::models::model::container::Container;
use crate::resources::models::model_package::MODEL_PACKAGE;
use crate::resources::models::model_package::attributes::Changeable;
use crate::resources::models::model_package::hooks::approval_of;
use crate::shapes::fields::Named;

/// Looks up the approval of the model packages of a new model. Terraform plans again when it applies, so that a package
/// whose ARN only the apply knows is looked up then.
pub(super) struct Approval;

#[async_trait]
impl Hooks for Approval {
    async fn plan(&self, cx: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        let is_new = plan.is_create() || plan.replaces();
        if cx.try_client().is_none() || !is_new || plan.get(SageMakerModel::REQUIRE_APPROVED).as_bool() != Some(true) {
            return Ok(());
        }
        let region = plan.get(Named::REGION).as_str();
        let mut diags = Diags::new();
        for (at, package) in versions(plan.planned()) {
            diags.0.extend(refuse_unless_approved(cx, region, package).await.0.into_iter().map(|d| d.at(at.clone())));
        }
        if diags.is_empty() { Ok(()) } else { Err(diags) }
    }

    async fn before_delete(&self, cx: &Context<Aws>, aws: &Arc<Regional>, id: &str) -> Option<Diag> {
        users::of_model(cx, aws, id).await
    }
}

/// The versions of groups among a model's packages, with where they are named. Other packages have no approval. Source: the
/// service model, DescribeModelPackage's `VersionedArnOrName`.
fn versions(model: &Value) -> Vec<(Path, &str)> {
    let containers = model.attribute(SageMakerModel::CONTAINERS).as_elements().unwrap_or_default().iter().enumerate();
    let containers = containers.map(|(i, container)| (Path::of(SageMakerModel::CONTAINERS).index(i), container));
    let all = [(Path::of(SageMakerModel::PRIMARY_CONTAINER), model.attribute(SageMakerModel::PRIMARY_CONTAINER))]
        .into_iter()
        .chain(containers);
    let named = all.filter_map(|(at, container)| {
        let package = container.attribute(Container::MODEL_PACKAGE_NAME).as_str()?;
        let (_, version) = package.rsplit_once('/')?;
        version.bytes().all(|b| b.is_ascii_digit()).then(|| (at.attribute(Container::MODEL_PACKAGE_NAME), package))
    });
    named.collect()
}

/// The errors for a version that is not approved, or of which that cannot be said. One that does not exist yet is AWS's to
/// refuse. What the same plan decides of the version counts.
async fn refuse_unless_approved(cx: &Context<Aws>, region: Option<&str>, package: &str) -> Diags {
    let planned = cx.try_client().and_then(|aws| aws.noted(&approval_of(package))).flatten();
    if planned.as_deref() == Some(APPROVED) {
        return Diags::new();
    }
    let of_arn = Arn::parse(package).ok().map(|arn| arn.region);
    let aws = match cx.client() {
        Ok(aws) => aws.region(of_arn.as_deref().or(region)),
        Err(diags) => return diags,
    };
    let input = Value::object([("model_package_name", Value::from(package))]);
    let description = match call(cx, &aws, &MODEL_PACKAGE.read.operation, &input, NEVER).await {
        Ok(description) => description,
        Err(Failure::Aws(e)) if is_one_of(&e, MODEL_PACKAGE.read.not_found) => return Diags::new(),
        Err(failure) => {
            let attempted = format!("verify that the model package {package:?} is approved");
            let mut diags = failure.diags(&attempted, MODEL_PACKAGE.object(), &Value::Null);
            diags.0.iter_mut().for_each(|d| d.detail.push_str(WITHOUT));
            return diags;
        }
    };
    let status = description.attribute(Changeable::MODEL_APPROVAL_STATUS).as_str();
    let status = planned.as_deref().or(status).unwrap_or("not set");
    if status == APPROVED {
        return Diags::new();
    }
    let reason = description.attribute(Changeable::APPROVAL_DESCRIPTION).as_str();
    let reason = reason.map(|reason| format!(" Its approval description is: {reason}")).unwrap_or_default();
    let arn = description.attribute("model_package_arn").as_str().unwrap_or(package);
    let detail = format!(
        "Its approval status is {status}.{reason}\n\nSomebody who is allowed to approve versions (the IAM action \
         sagemaker:UpdateModelPackage) must approve it first, in SageMaker Studio or with\n\n  aws sagemaker \
         update-model-package --model-package-arn {arn} --model-approval-status Approved --region {}\n\nIf a resource of \
         this configuration approves it, let the model refer to the `arn` of that resource.{WITHOUT}",
        aws.region()
    );
    Diag::error(format!("The model package {package:?} is not approved"), detail).into()
}

const APPROVED: &str = "Approved";
/// What every error ends with.
const WITHOUT: &str = "\n\nTo deploy without approval, set `require_approved = false`. To destroy what there is, use `-refresh=false`: Terraform plans \
                       everything once more before a destroy.";
