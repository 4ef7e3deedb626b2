//! The service that the protocol demands: each call goes to the module of its concern.

use tonic::{Request, Response, Status};

use super::{Server, Stream, actions, configuration, data, ephemeral, functions, lists, managed, schemas, stored};
use crate::pb::tfplugin6::{self as pb, provider_server};
use crate::resource::Provider;

type Answer<T> = Result<Response<T>, Status>;

/// Any provider's service. What serves it is compiled once, with this crate, and not with each provider.
pub(crate) struct Service(pub(crate) Box<dyn provider_server::Provider>);

macro_rules! service {
    (calls { $($call:ident in $module:ident,)* } streams { $($stream:ident in $source:ident,)* }) => {
        #[tonic::async_trait]
        impl<P: Provider> provider_server::Provider for Server<P> {
            $(async fn $call(&self, request: Request<pb::$call::Request>) -> Answer<pb::$call::Response> {
                Ok(Response::new($module::$call(self, request.into_inner()).await))
            })*
            $(async fn $stream(&self, request: Request<pb::$stream::Request>) -> Answer<Stream<pb::$stream::Event>> {
                Ok(Response::new($source::$stream(self, request.into_inner()).await))
            })*
        }

        #[tonic::async_trait]
        impl provider_server::Provider for Service {
            $(async fn $call(&self, request: Request<pb::$call::Request>) -> Answer<pb::$call::Response> {
                self.0.$call(request).await
            })*
            $(async fn $stream(&self, request: Request<pb::$stream::Request>) -> Answer<Stream<pb::$stream::Event>> {
                self.0.$stream(request).await
            })*
        }
    };
}

service! {
    calls {
        get_metadata in schemas,
        get_provider_schema in schemas,
        get_functions in schemas,
        get_resource_identity_schemas in schemas,
        validate_provider_config in configuration,
        configure_provider in configuration,
        validate_resource_config in configuration,
        validate_data_resource_config in configuration,
        validate_ephemeral_resource_config in configuration,
        validate_list_resource_config in configuration,
        validate_action_config in configuration,
        upgrade_resource_state in stored,
        upgrade_resource_identity in stored,
        import_resource_state in stored,
        move_resource_state in stored,
        read_resource in managed,
        plan_resource_change in managed,
        apply_resource_change in managed,
        generate_resource_config in managed,
        read_data_source in data,
        call_function in functions,
        open_ephemeral_resource in ephemeral,
        renew_ephemeral_resource in ephemeral,
        close_ephemeral_resource in ephemeral,
        plan_action in configuration,
        stop_provider in configuration,
    }
    streams {
        list_resource in lists,
        invoke_action in actions,
    }
}
