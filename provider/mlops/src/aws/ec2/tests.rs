use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::aws::client::{Aws, Settings};
use crate::aws::error::{Kind, aws_error};
use crate::testing::{Answer, Stub};

const PAGES: [&str; 2] = [
    "<DescribeNetworkInterfacesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>r</requestId>\
     <networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId><status>in-use</status>\
     <description>[DO NOT DELETE] ENI managed by SageMaker &amp; Co</description><requesterId>AROA:SageMaker</requesterId>\
     <tagSet><item><key>status</key><value>x</value></item></tagSet>\
     <attachment><attachmentId>ela-attach-1</attachmentId><attachTime>2026-01-02T03:04:05.000Z</attachTime></attachment>\
     </item></networkInterfaceSet><nextToken>t+1</nextToken></DescribeNetworkInterfacesResponse>",
    "<DescribeNetworkInterfacesResponse><networkInterfaceSet/></DescribeNetworkInterfacesResponse>",
];

fn aws(url: &str) -> std::sync::Arc<crate::aws::client::Regional> {
    let settings = Settings { account_id: Some("1".to_owned()), ..Settings::local(url).unwrap() };
    Aws::new(settings).region(Some("eu-west-1"))
}

#[tokio::test]
async fn a_request_is_a_signed_form_and_a_response_is_read() {
    let stub = Stub::start(|asked| {
        let page = usize::from(asked.parameter("NextToken").is_some());
        Answer(200, vec![], PAGES[page].to_owned())
    })
    .await;
    let aws = aws(&stub.url);
    let (groups, subnets) = (["sg-1".to_owned(), "sg-2".to_owned()], ["subnet-1".to_owned()]);
    let page = aws.ec2().describe_network_interfaces(&groups, &subnets, None).send().await.unwrap();
    let expected = NetworkInterface {
        id: "eni-1".to_owned(),
        status: "in-use".to_owned(),
        description: "[DO NOT DELETE] ENI managed by SageMaker & Co".to_owned(),
        requester_id: "AROA:SageMaker".to_owned(),
        attached: "2026-01-02T03:04:05.000Z".to_owned(),
    };
    assert_eq!(page, Page { interfaces: vec![expected], next_token: Some("t+1".to_owned()) });
    let last = aws.ec2().describe_network_interfaces(&[], &subnets, page.next_token.as_deref()).send().await.unwrap();
    assert_eq!(last, Page::default());
    let asked = stub.take();
    for (name, value) in [
        ("Action", "DescribeNetworkInterfaces"),
        ("Version", "2016-11-15"),
        ("Filter.1.Name", "subnet-id"),
        ("Filter.1.Value.1", "subnet-1"),
        ("Filter.2.Name", "group-id"),
        ("Filter.2.Value.2", "sg-2"),
    ] {
        assert_eq!(asked[0].parameter(name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(asked[1].parameter("NextToken").as_deref(), Some("t+1"));
    assert_eq!(asked[1].parameter("Filter.2.Name"), None, "no groups, no filter");
    let header =
        |name: &str| asked[0].headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default();
    assert!(header("authorization").contains("/eu-west-1/ec2/aws4_request"), "{}", header("authorization"));
    assert!(header("user-agent").contains("api/ec2") || header("x-amz-user-agent").contains("api/ec2"));
}

#[tokio::test]
async fn a_refusal_has_its_code_and_what_is_no_response_of_ec2_is_told() {
    let refusal = "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized.</Message>\
                   </Error></Errors><RequestID>r-1</RequestID></Response>";
    let stub = Stub::start(move |asked| {
        let id = vec![("x-amzn-requestid", "r-1".to_owned())];
        match asked.parameter("NetworkInterfaceId").as_deref() {
            Some("eni-1") => Answer(403, id, refusal.to_owned()),
            _ => Answer(200, vec![("content-type", "text/html".to_owned())], "<html>Sign in</html".to_owned()),
        }
    })
    .await;
    let aws = aws(&stub.url);
    let error = aws.ec2().delete_network_interface("eni-1").send().await.unwrap_err();
    let error = aws_error("EC2", "DeleteNetworkInterface", error);
    assert!(error.is("UnauthorizedOperation"), "{error}");
    assert_eq!((error.status, error.request_id.as_deref()), (Some(403), Some("r-1")));
    let told = error.diag("delete it").detail;
    assert!(told.contains("`ec2:DeleteNetworkInterface`"), "{told}");
    let error = aws.ec2().delete_network_interface("eni-2").send().await.unwrap_err();
    let error = aws_error("EC2", "DeleteNetworkInterface", error);
    assert_eq!((error.kind, error.status), (Kind::Other, None), "{error}");
}

#[tokio::test]
async fn throttling_and_failures_of_awss_are_repeated() {
    let times = AtomicU32::new(0);
    let stub = Stub::start(move |_| match times.fetch_add(1, Ordering::SeqCst) {
        0 => Answer(
            503,
            vec![],
            "<Response><Errors><Error><Code>RequestLimitExceeded</Code></Error></Errors></Response>".to_owned(),
        ),
        1 => Answer(500, vec![], String::new()),
        _ => Answer(200, vec![], PAGES[1].to_owned()),
    })
    .await;
    let page = aws(&stub.url).ec2().describe_network_interfaces(&[], &[], None).send().await;
    assert_eq!(page.unwrap(), Page::default());
    assert_eq!(stub.take().len(), 3);
}

/// Source: botocore, endpoint rules of EC2.
#[test]
fn the_endpoint_of_a_region_is_ec2s_own() {
    for (region, fips, dual_stack, url) in [
        ("us-east-1", false, false, "https://ec2.us-east-1.amazonaws.com"),
        ("us-east-1", true, false, "https://ec2-fips.us-east-1.amazonaws.com"),
        ("us-east-1", false, true, "https://ec2.us-east-1.api.aws"),
        ("us-east-1", true, true, "https://ec2-fips.us-east-1.api.aws"),
        ("cn-north-1", false, true, "https://ec2.cn-north-1.api.amazonwebservices.com.cn"),
        ("us-gov-west-1", true, false, "https://ec2.us-gov-west-1.amazonaws.com"),
        ("us-gov-west-1", true, true, "https://ec2-fips.us-gov-west-1.api.aws"),
    ] {
        assert_eq!(regional(region, fips, dual_stack), url);
    }
}
