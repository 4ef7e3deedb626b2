//! Functions. They run without any configuration of the provider.

use super::Server;
use super::convert::{decode, encode, shown};
use crate::diag::{Diag, Diags};
use crate::guard::guarded;
use crate::lifecycle::DEFAULT_LIMIT;
use crate::pb::tfplugin6 as pb;
use crate::resource::Provider;

pub(super) async fn call_function<P: Provider>(
    server: &Server<P>,
    request: pb::call_function::Request,
) -> pb::call_function::Response {
    let failed = |text: String, argument: Option<usize>| {
        let function_argument = argument.and_then(|a| i64::try_from(a).ok());
        // Terraform puts the text at the end of a sentence of its own, and adds the full stop.
        let text = shown(text.strip_suffix('.').unwrap_or(&text));
        let error = Some(pb::FunctionError { text, function_argument });
        pb::call_function::Response { result: None, error }
    };
    let registry = server.registry();
    let Some((_, signature)) = registry.functions.get(&request.name) else {
        return failed(format!("The provider has no function named {}.", request.name), None);
    };
    if request.arguments.len() < signature.parameters.len() {
        let wanted = signature.parameters.len();
        return failed(format!("The function {} takes {wanted} arguments.", request.name), None);
    }
    let mut arguments = Vec::new();
    for (i, argument) in request.arguments.iter().enumerate() {
        let Some(parameter) = signature.parameters.get(i).or(signature.variadic.as_ref()) else {
            return failed("Too many arguments.".to_owned(), Some(i));
        };
        match decode(Some(argument), &parameter.kind) {
            Ok(v) => arguments.push(v),
            Err(d) => return failed(d.to_string(), Some(i)),
        }
    }
    let broken = |what: &str| Diags::from(Diag::bug("Provider error in a function", format!("The function {what}.")));
    let result_type = signature.result.clone();
    let name = request.name.clone();
    let cx = server.context(DEFAULT_LIMIT);
    let called = guarded(&request.name, "calling the function", DEFAULT_LIMIT, cx.cancellation(), async move {
        let Some((function, _)) = registry.functions.get(&name) else { return Ok(None) };
        let repeated = cfg!(debug_assertions).then(|| function.call(arguments.clone()));
        let answer = function.call(arguments);
        if repeated.is_some_and(|r| r != answer) {
            return Err(broken("returned two results for the same arguments"));
        }
        match &answer {
            Ok(value) if !value.is_wholly_known() => Err(broken("returned an unknown value")),
            _ => Ok(Some(answer)),
        }
    });
    match called.await {
        Ok(Some(Ok(value))) => {
            let mut diags = Diags::new();
            match encode(&value, &result_type, &mut diags) {
                Some(v) => pb::call_function::Response { result: Some(v), error: None },
                None => failed(diags.to_string(), None),
            }
        }
        Ok(Some(Err(e))) => failed(e.text, e.argument),
        Ok(None) => failed("The function does not exist any more.".to_owned(), None),
        Err(d) => failed(d.to_string(), None),
    }
}
