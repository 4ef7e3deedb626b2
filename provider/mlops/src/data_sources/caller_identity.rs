//! `mlops_caller_identity`: whose credentials the provider uses, and where.

use tfplug::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diag, Result};
use tfplug::model::{Model, Root};
use tfplug::resource::DataSource;
use tfplug::schema::Schema;
use tfplug::value::{Path, Value};

use crate::aws::arn::{self, Arn};
use crate::aws::client::Aws;
use crate::aws::error::aws_error;

/// The account, principal, partition and region that the provider works with.
#[derive(Clone, Debug, Model)]
#[tf(name = "caller_identity", subcategory = "Identity")]
pub struct CallerIdentity {
    /// Account ID, 12 digits.
    #[tf(computed)]
    account_id: Option<String>,

    /// ARN of the user, or of the assumed role with its session.
    #[tf(computed)]
    arn: Option<String>,

    /// Unique ID of the user, or of the assumed role with the name of the session.
    #[tf(computed)]
    user_id: Option<String>,

    /// AWS partition: `aws`, `aws-cn`, `aws-us-gov` ...
    #[tf(computed)]
    partition: Option<String>,

    /// The provider's region.
    #[tf(computed)]
    region: Option<String>,
}

/// The data source.
pub struct CallerIdentitySource;

#[async_trait]
impl DataSource<Aws> for CallerIdentitySource {
    fn schema(&self) -> Schema {
        CallerIdentity::schema()
    }

    async fn read(&self, cx: &Context<Aws>, config: Value) -> Result<Value> {
        let aws = cx.client()?;
        let regional = aws.region(None);
        let answer = regional.sts().get_caller_identity().send().await;
        let answer = answer.map_err(|e| aws_error("STS", "GetCallerIdentity", e).diag("verify the credentials"))?;
        let mut identity = CallerIdentity::from_value(&config, &Path::root())?;
        let Some(arn) = answer.arn else {
            let detail = "The response of STS GetCallerIdentity has no ARN. Check what serves the STS endpoint.";
            return Err(Diag::error("Could not determine the caller identity", detail).into());
        };
        let by_region = arn::partition(regional.region()).id.to_owned();
        identity.partition = Some(Arn::parse(&arn).map_or(by_region, |arn| arn.partition));
        identity.arn = Some(arn);
        identity.account_id = answer.account;
        identity.user_id = answer.user_id;
        identity.region = aws.default_region().map(str::to_owned);
        Ok(identity.into_value())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ACCOUNT, Answer, Offer, Stub, terraform};

    #[tokio::test]
    async fn tells_who_and_where() {
        let stub = Stub::start(|asked| {
            assert_eq!(asked.parameter("Action").as_deref(), Some("GetCallerIdentity"));
            let body = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
                        <GetCallerIdentityResult><Arn>arn:aws-cn:sts::123456789012:assumed-role/ci/run</Arn>\
                        <UserId>AROA1:run</UserId><Account>123456789012</Account></GetCallerIdentityResult>\
                        </GetCallerIdentityResponse>";
            Answer(200, vec![], body.to_owned())
        })
        .await;
        let offer = Offer { data_sources: Some(|| vec![Box::new(CallerIdentitySource)]), ..Offer::default() };
        let mut terraform = terraform(&stub.url, offer).await;
        let config = CallerIdentity::object().null_value();
        let read = terraform.read_data("mlops_caller_identity", &config).await.good();
        for (attribute, value) in [
            ("account_id", ACCOUNT),
            ("arn", "arn:aws-cn:sts::123456789012:assumed-role/ci/run"),
            ("user_id", "AROA1:run"),
            ("partition", "aws-cn"),
            ("region", "us-east-1"),
        ] {
            assert_eq!(read.attribute(attribute), &Value::from(value));
        }
    }
}
