// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

//! Which operation a method and a path name.

use super::operations::Operation;
use crate::model::Segment::{Label, Literal};
use crate::model::{DateRoutes, Route};

/// Paths by the date they start with; a route with a query pair comes before the same path without.
pub static ROUTES: &[DateRoutes] = &[
    DateRoutes {
        date: "2014-11-13",
        routes: &[Route::new(
            "POST",
            &[Literal("functions"), Label, Literal("invoke-async")],
            None,
            Operation::InvokeAsync,
        )],
    },
    DateRoutes {
        date: "2015-03-31",
        routes: &[
            Route::new("GET", &[Literal("event-source-mappings")], None, Operation::ListEventSourceMappings),
            Route::new(
                "POST",
                &[Literal("event-source-mappings")],
                None,
                Operation::CreateEventSourceMapping,
            ),
            Route::new(
                "DELETE",
                &[Literal("event-source-mappings"), Label],
                None,
                Operation::DeleteEventSourceMapping,
            ),
            Route::new(
                "GET",
                &[Literal("event-source-mappings"), Label],
                None,
                Operation::GetEventSourceMapping,
            ),
            Route::new(
                "PUT",
                &[Literal("event-source-mappings"), Label],
                None,
                Operation::UpdateEventSourceMapping,
            ),
            Route::new("GET", &[Literal("functions")], None, Operation::ListFunctions),
            Route::new("POST", &[Literal("functions")], None, Operation::CreateFunction),
            Route::new("DELETE", &[Literal("functions"), Label], None, Operation::DeleteFunction),
            Route::new("GET", &[Literal("functions"), Label], None, Operation::GetFunction),
            Route::new(
                "GET",
                &[Literal("functions"), Label, Literal("aliases")],
                None,
                Operation::ListAliases,
            ),
            Route::new(
                "POST",
                &[Literal("functions"), Label, Literal("aliases")],
                None,
                Operation::CreateAlias,
            ),
            Route::new(
                "DELETE",
                &[Literal("functions"), Label, Literal("aliases"), Label],
                None,
                Operation::DeleteAlias,
            ),
            Route::new(
                "GET",
                &[Literal("functions"), Label, Literal("aliases"), Label],
                None,
                Operation::GetAlias,
            ),
            Route::new(
                "PUT",
                &[Literal("functions"), Label, Literal("aliases"), Label],
                None,
                Operation::UpdateAlias,
            ),
            Route::new(
                "PUT",
                &[Literal("functions"), Label, Literal("code")],
                None,
                Operation::UpdateFunctionCode,
            ),
            Route::new(
                "GET",
                &[Literal("functions"), Label, Literal("configuration")],
                None,
                Operation::GetFunctionConfiguration,
            ),
            Route::new(
                "PUT",
                &[Literal("functions"), Label, Literal("configuration")],
                None,
                Operation::UpdateFunctionConfiguration,
            ),
            Route::new(
                "POST",
                &[Literal("functions"), Label, Literal("invocations")],
                None,
                Operation::Invoke,
            ),
            Route::new("GET", &[Literal("functions"), Label, Literal("policy")], None, Operation::GetPolicy),
            Route::new(
                "POST",
                &[Literal("functions"), Label, Literal("policy")],
                None,
                Operation::AddPermission,
            ),
            Route::new(
                "DELETE",
                &[Literal("functions"), Label, Literal("policy"), Label],
                None,
                Operation::RemovePermission,
            ),
            Route::new(
                "GET",
                &[Literal("functions"), Label, Literal("versions")],
                None,
                Operation::ListVersionsByFunction,
            ),
            Route::new(
                "POST",
                &[Literal("functions"), Label, Literal("versions")],
                None,
                Operation::PublishVersion,
            ),
        ],
    },
    DateRoutes {
        date: "2016-08-19",
        routes: &[Route::new("GET", &[Literal("account-settings")], None, Operation::GetAccountSettings)],
    },
    DateRoutes {
        date: "2017-03-31",
        routes: &[
            Route::new("DELETE", &[Literal("tags"), Label], None, Operation::UntagResource),
            Route::new("GET", &[Literal("tags"), Label], None, Operation::ListTags),
            Route::new("POST", &[Literal("tags"), Label], None, Operation::TagResource),
        ],
    },
    DateRoutes {
        date: "2017-10-31",
        routes: &[
            Route::new(
                "DELETE",
                &[Literal("functions"), Label, Literal("concurrency")],
                None,
                Operation::DeleteFunctionConcurrency,
            ),
            Route::new(
                "PUT",
                &[Literal("functions"), Label, Literal("concurrency")],
                None,
                Operation::PutFunctionConcurrency,
            ),
        ],
    },
    DateRoutes {
        date: "2018-10-31",
        routes: &[
            Route::new(
                "GET",
                &[Literal("layers")],
                Some(("find", "LayerVersion")),
                Operation::GetLayerVersionByArn,
            ),
            Route::new("GET", &[Literal("layers")], None, Operation::ListLayers),
            Route::new(
                "GET",
                &[Literal("layers"), Label, Literal("versions")],
                None,
                Operation::ListLayerVersions,
            ),
            Route::new(
                "POST",
                &[Literal("layers"), Label, Literal("versions")],
                None,
                Operation::PublishLayerVersion,
            ),
            Route::new(
                "DELETE",
                &[Literal("layers"), Label, Literal("versions"), Label],
                None,
                Operation::DeleteLayerVersion,
            ),
            Route::new(
                "GET",
                &[Literal("layers"), Label, Literal("versions"), Label],
                None,
                Operation::GetLayerVersion,
            ),
            Route::new(
                "GET",
                &[Literal("layers"), Label, Literal("versions"), Label, Literal("policy")],
                None,
                Operation::GetLayerVersionPolicy,
            ),
            Route::new(
                "POST",
                &[Literal("layers"), Label, Literal("versions"), Label, Literal("policy")],
                None,
                Operation::AddLayerVersionPermission,
            ),
            Route::new(
                "DELETE",
                &[Literal("layers"), Label, Literal("versions"), Label, Literal("policy"), Label],
                None,
                Operation::RemoveLayerVersionPermission,
            ),
        ],
    },
    DateRoutes {
        date: "2019-09-25",
        routes: &[
            Route::new(
                "DELETE",
                &[Literal("functions"), Label, Literal("event-invoke-config")],
                None,
                Operation::DeleteFunctionEventInvokeConfig,
            ),
            Route::new(
                "GET",
                &[Literal("functions"), Label, Literal("event-invoke-config")],
                None,
                Operation::GetFunctionEventInvokeConfig,
            ),
            Route::new(
                "POST",
                &[Literal("functions"), Label, Literal("event-invoke-config")],
                None,
                Operation::UpdateFunctionEventInvokeConfig,
            ),
            Route::new(
                "PUT",
                &[Literal("functions"), Label, Literal("event-invoke-config")],
                None,
                Operation::PutFunctionEventInvokeConfig,
            ),
            Route::new(
                "GET",
                &[Literal("functions"), Label, Literal("event-invoke-config"), Literal("list")],
                None,
                Operation::ListFunctionEventInvokeConfigs,
            ),
        ],
    },
    DateRoutes {
        date: "2019-09-30",
        routes: &[
            Route::new(
                "GET",
                &[Literal("functions"), Label, Literal("concurrency")],
                None,
                Operation::GetFunctionConcurrency,
            ),
            Route::new(
                "DELETE",
                &[Literal("functions"), Label, Literal("provisioned-concurrency")],
                None,
                Operation::DeleteProvisionedConcurrencyConfig,
            ),
            Route::new(
                "GET",
                &[Literal("functions"), Label, Literal("provisioned-concurrency")],
                Some(("List", "ALL")),
                Operation::ListProvisionedConcurrencyConfigs,
            ),
            Route::new(
                "GET",
                &[Literal("functions"), Label, Literal("provisioned-concurrency")],
                None,
                Operation::GetProvisionedConcurrencyConfig,
            ),
            Route::new(
                "PUT",
                &[Literal("functions"), Label, Literal("provisioned-concurrency")],
                None,
                Operation::PutProvisionedConcurrencyConfig,
            ),
        ],
    },
    DateRoutes {
        date: "2020-04-22",
        routes: &[
            Route::new("GET", &[Literal("code-signing-configs")], None, Operation::ListCodeSigningConfigs),
            Route::new("POST", &[Literal("code-signing-configs")], None, Operation::CreateCodeSigningConfig),
            Route::new(
                "DELETE",
                &[Literal("code-signing-configs"), Label],
                None,
                Operation::DeleteCodeSigningConfig,
            ),
            Route::new(
                "GET",
                &[Literal("code-signing-configs"), Label],
                None,
                Operation::GetCodeSigningConfig,
            ),
            Route::new(
                "PUT",
                &[Literal("code-signing-configs"), Label],
                None,
                Operation::UpdateCodeSigningConfig,
            ),
            Route::new(
                "GET",
                &[Literal("code-signing-configs"), Label, Literal("functions")],
                None,
                Operation::ListFunctionsByCodeSigningConfig,
            ),
        ],
    },
    DateRoutes {
        date: "2020-06-30",
        routes: &[
            Route::new(
                "DELETE",
                &[Literal("functions"), Label, Literal("code-signing-config")],
                None,
                Operation::DeleteFunctionCodeSigningConfig,
            ),
            Route::new(
                "GET",
                &[Literal("functions"), Label, Literal("code-signing-config")],
                None,
                Operation::GetFunctionCodeSigningConfig,
            ),
            Route::new(
                "PUT",
                &[Literal("functions"), Label, Literal("code-signing-config")],
                None,
                Operation::PutFunctionCodeSigningConfig,
            ),
        ],
    },
    DateRoutes {
        date: "2021-07-20",
        routes: &[
            Route::new(
                "GET",
                &[Literal("functions"), Label, Literal("runtime-management-config")],
                None,
                Operation::GetRuntimeManagementConfig,
            ),
            Route::new(
                "PUT",
                &[Literal("functions"), Label, Literal("runtime-management-config")],
                None,
                Operation::PutRuntimeManagementConfig,
            ),
        ],
    },
    DateRoutes {
        date: "2021-10-31",
        routes: &[
            Route::new(
                "DELETE",
                &[Literal("functions"), Label, Literal("url")],
                None,
                Operation::DeleteFunctionUrlConfig,
            ),
            Route::new(
                "GET",
                &[Literal("functions"), Label, Literal("url")],
                None,
                Operation::GetFunctionUrlConfig,
            ),
            Route::new(
                "POST",
                &[Literal("functions"), Label, Literal("url")],
                None,
                Operation::CreateFunctionUrlConfig,
            ),
            Route::new(
                "PUT",
                &[Literal("functions"), Label, Literal("url")],
                None,
                Operation::UpdateFunctionUrlConfig,
            ),
            Route::new(
                "GET",
                &[Literal("functions"), Label, Literal("urls")],
                None,
                Operation::ListFunctionUrlConfigs,
            ),
        ],
    },
    DateRoutes {
        date: "2021-11-15",
        routes: &[Route::new(
            "POST",
            &[Literal("functions"), Label, Literal("response-streaming-invocations")],
            None,
            Operation::InvokeWithResponseStream,
        )],
    },
    DateRoutes {
        date: "2024-08-31",
        routes: &[
            Route::new(
                "GET",
                &[Literal("functions"), Label, Literal("recursion-config")],
                None,
                Operation::GetFunctionRecursionConfig,
            ),
            Route::new(
                "PUT",
                &[Literal("functions"), Label, Literal("recursion-config")],
                None,
                Operation::PutFunctionRecursionConfig,
            ),
        ],
    },
    DateRoutes {
        date: "2025-11-30",
        routes: &[
            Route::new("GET", &[Literal("capacity-providers")], None, Operation::ListCapacityProviders),
            Route::new("POST", &[Literal("capacity-providers")], None, Operation::CreateCapacityProvider),
            Route::new(
                "DELETE",
                &[Literal("capacity-providers"), Label],
                None,
                Operation::DeleteCapacityProvider,
            ),
            Route::new("GET", &[Literal("capacity-providers"), Label], None, Operation::GetCapacityProvider),
            Route::new(
                "PUT",
                &[Literal("capacity-providers"), Label],
                None,
                Operation::UpdateCapacityProvider,
            ),
            Route::new(
                "GET",
                &[Literal("capacity-providers"), Label, Literal("function-versions")],
                None,
                Operation::ListFunctionVersionsByCapacityProvider,
            ),
            Route::new(
                "GET",
                &[Literal("functions"), Label, Literal("function-scaling-config")],
                None,
                Operation::GetFunctionScalingConfig,
            ),
            Route::new(
                "PUT",
                &[Literal("functions"), Label, Literal("function-scaling-config")],
                None,
                Operation::PutFunctionScalingConfig,
            ),
        ],
    },
    DateRoutes {
        date: "2025-12-01",
        routes: &[
            Route::new(
                "POST",
                &[Literal("durable-execution-callbacks"), Label, Literal("fail")],
                None,
                Operation::SendDurableExecutionCallbackFailure,
            ),
            Route::new(
                "POST",
                &[Literal("durable-execution-callbacks"), Label, Literal("heartbeat")],
                None,
                Operation::SendDurableExecutionCallbackHeartbeat,
            ),
            Route::new(
                "POST",
                &[Literal("durable-execution-callbacks"), Label, Literal("succeed")],
                None,
                Operation::SendDurableExecutionCallbackSuccess,
            ),
            Route::new(
                "DELETE",
                &[Literal("durable-executions"), Label],
                None,
                Operation::DeleteDurableExecution,
            ),
            Route::new("GET", &[Literal("durable-executions"), Label], None, Operation::GetDurableExecution),
            Route::new(
                "POST",
                &[Literal("durable-executions"), Label, Literal("checkpoint")],
                None,
                Operation::CheckpointDurableExecution,
            ),
            Route::new(
                "GET",
                &[Literal("durable-executions"), Label, Literal("history")],
                None,
                Operation::GetDurableExecutionHistory,
            ),
            Route::new(
                "POST",
                &[Literal("durable-executions"), Label, Literal("pause")],
                None,
                Operation::PauseDurableExecution,
            ),
            Route::new(
                "POST",
                &[Literal("durable-executions"), Label, Literal("resume")],
                None,
                Operation::ResumeDurableExecution,
            ),
            Route::new(
                "GET",
                &[Literal("durable-executions"), Label, Literal("state")],
                None,
                Operation::GetDurableExecutionState,
            ),
            Route::new(
                "POST",
                &[Literal("durable-executions"), Label, Literal("stop")],
                None,
                Operation::StopDurableExecution,
            ),
            Route::new(
                "GET",
                &[Literal("functions"), Label, Literal("durable-executions")],
                None,
                Operation::ListDurableExecutionsByFunction,
            ),
        ],
    },
    DateRoutes {
        date: "2026-07-09",
        routes: &[
            Route::new("DELETE", &[Literal("resource-policy"), Label], None, Operation::DeleteResourcePolicy),
            Route::new("GET", &[Literal("resource-policy"), Label], None, Operation::GetResourcePolicy),
            Route::new("PUT", &[Literal("resource-policy"), Label], None, Operation::PutResourcePolicy),
        ],
    },
];
