//! EC2 in memory: network interfaces that pass from one status to the next each time that they are described, and then go.

use super::fake::{Instead, State};
use crate::testing::{Answer, Asked};

/// A network interface.
pub(super) struct FakeInterface {
    pub(super) id: &'static str,
    pub(super) group: &'static str,
    pub(super) subnet: &'static str,
    pub(super) description: String,
    pub(super) requester: &'static str,
    pub(super) attached: &'static str,
    /// The statuses that it has, one a look; then it is gone. The last one stays if it ends with `...`.
    pub(super) statuses: Vec<&'static str>,
}

/// Answers what concerns interfaces. None for other operations.
pub(super) fn answer(state: &mut State, operation: &str, asked: &Asked) -> Option<Answer> {
    if !operation.ends_with("NetworkInterface") && !operation.ends_with("NetworkInterfaces") {
        return None;
    }
    let instead = state.instead.iter_mut().find(|(o, _)| **o == operation).and_then(|(_, left)| left.pop_front());
    if let Some(Instead::Error(code, message)) = instead {
        return Some(refused(code, message));
    }
    if operation == "DeleteNetworkInterface" {
        let id = asked.parameter("NetworkInterfaceId").unwrap();
        let Some(at) = state.interfaces.iter().position(|i| i.id == id) else {
            return Some(refused("InvalidNetworkInterfaceID.NotFound", "It does not exist."));
        };
        if !state.interfaces[at].statuses[0].starts_with("available") {
            return Some(refused("InvalidParameterValue", "It is in use."));
        }
        state.interfaces.remove(at);
        return Some(Answer(
            200,
            vec![],
            "<DeleteNetworkInterfaceResponse><return>true</return></DeleteNetworkInterfaceResponse>".to_owned(),
        ));
    }
    let filters: Vec<(String, Vec<String>)> = (1..)
        .map_while(|i| {
            let values = (1..).map_while(|j| asked.parameter(&format!("Filter.{i}.Value.{j}"))).collect();
            Some((asked.parameter(&format!("Filter.{i}.Name"))?, values))
        })
        .collect();
    let mut items = String::new();
    for interface in &mut state.interfaces {
        let has = |(name, values): &(String, Vec<String>)| {
            let own = if name == "group-id" { interface.group } else { interface.subnet };
            values.iter().any(|value| value == own)
        };
        if !filters.iter().all(has) || interface.statuses.is_empty() {
            continue;
        }
        let (status, stays) = match interface.statuses[0].strip_suffix("...") {
            Some(status) => (status, true),
            None => (interface.statuses[0], false),
        };
        items.push_str(&format!(
            "<item><networkInterfaceId>{}</networkInterfaceId><status>{status}</status><description>{}</description>\
             <requesterId>{}</requesterId><groupSet><item><groupId>{}</groupId></item></groupSet>\
             <attachment><attachTime>{}</attachTime></attachment></item>",
            interface.id, interface.description, interface.requester, interface.group, interface.attached,
        ));
        if !stays {
            interface.statuses.remove(0);
        }
    }
    state.interfaces.retain(|i| !i.statuses.is_empty());
    let body = format!(
        "<DescribeNetworkInterfacesResponse><networkInterfaceSet>{items}</networkInterfaceSet>\
         </DescribeNetworkInterfacesResponse>"
    );
    Some(Answer(200, vec![], body))
}

fn refused(code: &str, message: &str) -> Answer {
    let error = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    Answer(400, vec![], format!("<Response><Errors>{error}</Errors><RequestID>r-1</RequestID></Response>"))
}
