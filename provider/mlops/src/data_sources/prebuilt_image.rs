//! `mlops_prebuilt_image`: one of AWS's prebuilt container images, in the provider's region.

use tfplug::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diag, Result};
use tfplug::model::{Model, Root};
use tfplug::resource::DataSource;
use tfplug::schema::Schema;
use tfplug::value::{Path, Value};

use crate::aws::arn::Arn;
use crate::aws::client::Aws;
use crate::sagemaker::prebuilt_images::{Wanted, find};
use crate::shapes::instances::INSTANCE_TYPE;

/// A container image that AWS maintains: of a framework, a built-in algorithm, or what SageMaker runs in jobs, such as the
/// analyzer of Model Monitor. No call to AWS is made: the provider has the tables of the SageMaker Python SDK. AWS moves the
/// tags to newer builds of the same version, and nothing here says whether AWS has withdrawn an old version.
#[derive(Clone, Debug, Model)]
#[tf(name = "prebuilt_image", subcategory = "Models")]
pub struct PrebuiltImage {
    /// Framework, algorithm or tool, by the name that it has in `image_uris.retrieve` of the SageMaker Python SDK: `pytorch`,
    /// `sklearn`, `xgboost`, `huggingface`, `linear-learner`, `model-monitor`, `clarify`, `spark` ... An error about the name
    /// lists all of them.
    #[tf(required)]
    framework: String,
    /// Version, in full (`2.6.0`) or short (`2.6`). Can be left out if there is only one.
    #[tf(optional)]
    version: Option<String>,
    /// Region that the image is pulled in. Defaults to the provider's region.
    #[tf(optional, computed)]
    region: Option<String>,
    /// What the image is for: `training`, `inference`, `processing` ... Can be left out if one image is for all.
    #[tf(optional)]
    image_scope: Option<String>,
    /// Instance type that says which processor the image runs on: a GPU (`ml.g5.xlarge`), Graviton (`ml.c7g.large`), AWS
    /// Inferentia or Trainium, or none of these. For a serverless endpoint, any type that has none of these.
    #[tf(optional, validate(INSTANCE_TYPE))]
    instance_type: Option<String>,
    /// Version of Python: `py312`. Can be left out if there is only one.
    #[tf(optional)]
    py_version: Option<String>,
    /// Framework below Hugging Face's: `pytorch2.6.0`.
    #[tf(optional)]
    base_framework_version: Option<String>,
    /// End of the tag, where it can be chosen: `v1` for `spark`, `cu121` for `pytorch-smp`.
    #[tf(optional)]
    container_version: Option<String>,
    /// URI of the image, for `training_image`, `image_uri` and `image` arguments.
    #[tf(computed)]
    image_uri: Option<String>,
    /// Account of AWS that the image is in.
    #[tf(computed)]
    account_id: Option<String>,
    /// Name of the repository in Amazon ECR.
    #[tf(computed)]
    repository_name: Option<String>,
    /// ARN of the repository, for policies and the `ecr_repositories` of `mlops_execution_role`.
    #[tf(computed)]
    repository_arn: Option<String>,
    /// Tag of the image; null for an image that has none, which is that of Model Monitor.
    #[tf(computed)]
    image_tag: Option<String>,
}

/// The data source.
pub struct PrebuiltImageSource;

#[async_trait]
impl DataSource<Aws> for PrebuiltImageSource {
    fn schema(&self) -> Schema {
        PrebuiltImage::schema()
    }

    async fn read(&self, cx: &Context<Aws>, config: Value) -> Result<Value> {
        let mut image = PrebuiltImage::from_value(&config, &Path::root())?;
        let aws = cx.client()?;
        let region = aws.region(image.region.as_deref()).region().to_owned();
        let wanted = Wanted {
            framework: &image.framework,
            version: image.version.as_deref(),
            region: &region,
            image_scope: image.image_scope.as_deref(),
            instance_type: image.instance_type.as_deref(),
            py_version: image.py_version.as_deref(),
            base_framework_version: image.base_framework_version.as_deref(),
            container_version: image.container_version.as_deref(),
        };
        let found = find(&wanted).map_err(|(argument, text)| {
            Diag::error("There is no such prebuilt image", text).at(Path::of(argument.name()))
        })?;
        let repository = format!("repository/{}", found.repository);
        let arn = Arn::new(aws.partition(&region), "ecr", &region, &found.account_id, repository);
        image.repository_arn = Some(arn.to_string());
        image.region = Some(region);
        image.image_uri = Some(found.uri);
        image.account_id = Some(found.account_id);
        image.repository_name = Some(found.repository);
        image.image_tag = found.tag;
        Ok(image.into_value())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Offer, terraform};

    async fn read(set: &[(&str, &str)]) -> tfplug::testing::Outcome<Value> {
        let offer = Offer { data_sources: Some(|| vec![Box::new(PrebuiltImageSource)]), ..Offer::default() };
        // Nothing listens there: nothing is asked.
        let mut terraform = terraform("http://127.0.0.1:9", offer).await;
        let mut config = PrebuiltImage::object().null_value();
        for (name, value) in set {
            config.set_attribute(name, Value::from(*value));
        }
        terraform.read_data("mlops_prebuilt_image", &config).await
    }

    #[tokio::test]
    async fn the_region_is_the_providers_unless_another_one_is_set() {
        let image = read(&[("framework", "sklearn"), ("version", "1.2-1")]).await.good();
        for (attribute, value) in [
            ("region", "us-east-1"),
            ("image_uri", "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"),
            ("account_id", "683313688378"),
            ("repository_name", "sagemaker-scikit-learn"),
            ("repository_arn", "arn:aws:ecr:us-east-1:683313688378:repository/sagemaker-scikit-learn"),
            ("image_tag", "1.2-1-cpu-py3"),
        ] {
            assert_eq!(image.attribute(attribute), &Value::from(value));
        }
        let image = read(&[("framework", "model-monitor"), ("region", "cn-north-1")]).await.good();
        assert_eq!(image.attribute("image_tag"), &Value::Null);
        let arn = "arn:aws-cn:ecr:cn-north-1:453000072557:repository/sagemaker-model-monitor-analyzer";
        assert_eq!(image.attribute("repository_arn"), &Value::from(arn));
    }
}
