//! The action and the kind of resource of every operation of the Lambda API: one table.

use crate::generated::lambda::operations::Operation;

/// What an operation has to be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// As in a policy's `Action`.
    pub action: &'static str,
    pub target: Target,
}

/// What an operation acts on, and so where its resource's ARN comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The function, version or alias named by the path and by `Qualifier`.
    Function,
    /// As named by the path alone, by name or ARN: the operation has no `Qualifier`, but the name may end in one.
    FunctionByName,
    /// The function as a whole, whichever version the name mentions.
    WholeFunction,
    Layer,
    LayerVersion,
    /// The layer version whose ARN is the query's `Arn`.
    LayerVersionByArn,
    EventSourceMapping,
    /// The path has the ARN.
    CodeSigningConfig,
    CapacityProvider,
    /// The path has the ARN, which is one of a function's version.
    DurableExecution,
    /// The execution that waits for the callback; only looking it up says which.
    Callback,
    /// Whatever has tags and the ARN in the path.
    Tagged,
    /// The function that the body is about to create.
    NewFunction,
    /// The capacity provider that the body is about to create.
    NewCapacityProvider,
    /// `*`, with the body's function as the condition key `lambda:FunctionArn`.
    NewEventSourceMapping,
    /// Nothing in particular.
    Anything,
}

/// `Operation on Target;`, and `Operation as Action on Target;` where the action has another name.
macro_rules! requirements {
    ($($operation:ident $(as $action:ident)? on $target:ident;)*) => {
        pub const fn requirement(operation: Operation) -> Requirement {
            match operation {
                $(Operation::$operation => Requirement {
                    action: requirements!(@action $operation $($action)?),
                    target: Target::$target,
                },)*
            }
        }
    };
    (@action $operation:ident) => { concat!("lambda:", stringify!($operation)) };
    (@action $operation:ident $action:ident) => { concat!("lambda:", stringify!($action)) };
}

requirements! {
    Invoke as InvokeFunction on Function;
    InvokeAsync as InvokeFunction on FunctionByName;
    InvokeWithResponseStream as InvokeFunction on Function;

    CreateFunction on NewFunction;
    DeleteFunction on Function;
    GetFunction on Function;
    GetFunctionConfiguration on Function;
    ListFunctions on Anything;
    UpdateFunctionCode on WholeFunction;
    UpdateFunctionConfiguration on WholeFunction;
    ListVersionsByFunction on WholeFunction;
    PublishVersion on WholeFunction;
    CreateAlias on WholeFunction;
    DeleteAlias on WholeFunction;
    GetAlias on WholeFunction;
    ListAliases on WholeFunction;
    UpdateAlias on WholeFunction;

    AddPermission on Function;
    GetPolicy on Function;
    RemovePermission on Function;
    DeleteResourcePolicy on FunctionByName;
    GetResourcePolicy on FunctionByName;
    PutResourcePolicy on FunctionByName;

    DeleteFunctionConcurrency on WholeFunction;
    GetFunctionConcurrency on WholeFunction;
    PutFunctionConcurrency on WholeFunction;
    DeleteProvisionedConcurrencyConfig on Function;
    GetProvisionedConcurrencyConfig on Function;
    ListProvisionedConcurrencyConfigs on WholeFunction;
    PutProvisionedConcurrencyConfig on Function;
    DeleteFunctionEventInvokeConfig on Function;
    GetFunctionEventInvokeConfig on Function;
    ListFunctionEventInvokeConfigs on WholeFunction;
    PutFunctionEventInvokeConfig on Function;
    UpdateFunctionEventInvokeConfig on Function;
    CreateFunctionUrlConfig on Function;
    DeleteFunctionUrlConfig on Function;
    GetFunctionUrlConfig on Function;
    ListFunctionUrlConfigs on WholeFunction;
    UpdateFunctionUrlConfig on Function;
    GetFunctionRecursionConfig on WholeFunction;
    PutFunctionRecursionConfig on WholeFunction;
    GetFunctionScalingConfig on Function;
    PutFunctionScalingConfig on Function;
    GetRuntimeManagementConfig on Function;
    PutRuntimeManagementConfig on Function;

    CreateCodeSigningConfig on Anything;
    DeleteCodeSigningConfig on CodeSigningConfig;
    GetCodeSigningConfig on CodeSigningConfig;
    ListCodeSigningConfigs on Anything;
    ListFunctionsByCodeSigningConfig on CodeSigningConfig;
    UpdateCodeSigningConfig on CodeSigningConfig;
    DeleteFunctionCodeSigningConfig on WholeFunction;
    GetFunctionCodeSigningConfig on WholeFunction;
    PutFunctionCodeSigningConfig on WholeFunction;

    AddLayerVersionPermission on LayerVersion;
    DeleteLayerVersion on LayerVersion;
    GetLayerVersion on LayerVersion;
    GetLayerVersionByArn as GetLayerVersion on LayerVersionByArn;
    GetLayerVersionPolicy on LayerVersion;
    ListLayerVersions on Layer;
    ListLayers on Anything;
    PublishLayerVersion on Layer;
    RemoveLayerVersionPermission on LayerVersion;

    CreateEventSourceMapping on NewEventSourceMapping;
    DeleteEventSourceMapping on EventSourceMapping;
    GetEventSourceMapping on EventSourceMapping;
    ListEventSourceMappings on Anything;
    UpdateEventSourceMapping on EventSourceMapping;

    CreateCapacityProvider on NewCapacityProvider;
    DeleteCapacityProvider on CapacityProvider;
    GetCapacityProvider on CapacityProvider;
    ListCapacityProviders on Anything;
    ListFunctionVersionsByCapacityProvider on CapacityProvider;
    UpdateCapacityProvider on CapacityProvider;

    CheckpointDurableExecution on DurableExecution;
    DeleteDurableExecution on DurableExecution;
    GetDurableExecution on DurableExecution;
    GetDurableExecutionHistory on DurableExecution;
    GetDurableExecutionState on DurableExecution;
    ListDurableExecutionsByFunction on Function;
    PauseDurableExecution on DurableExecution;
    ResumeDurableExecution on DurableExecution;
    StopDurableExecution on DurableExecution;
    SendDurableExecutionCallbackFailure on Callback;
    SendDurableExecutionCallbackHeartbeat on Callback;
    SendDurableExecutionCallbackSuccess on Callback;

    ListTags on Tagged;
    TagResource on Tagged;
    UntagResource on Tagged;
    GetAccountSettings on Anything;
}
