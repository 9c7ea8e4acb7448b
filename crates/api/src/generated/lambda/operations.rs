// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

//! The operations of the service, and how a request names one.

use crate::model::OperationTraits;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    AddLayerVersionPermission,
    AddPermission,
    CheckpointDurableExecution,
    CreateAlias,
    CreateCapacityProvider,
    CreateCodeSigningConfig,
    CreateEventSourceMapping,
    CreateFunction,
    CreateFunctionUrlConfig,
    DeleteAlias,
    DeleteCapacityProvider,
    DeleteCodeSigningConfig,
    DeleteDurableExecution,
    DeleteEventSourceMapping,
    DeleteFunction,
    DeleteFunctionCodeSigningConfig,
    DeleteFunctionConcurrency,
    DeleteFunctionEventInvokeConfig,
    DeleteFunctionUrlConfig,
    DeleteLayerVersion,
    DeleteProvisionedConcurrencyConfig,
    DeleteResourcePolicy,
    GetAccountSettings,
    GetAlias,
    GetCapacityProvider,
    GetCodeSigningConfig,
    GetDurableExecution,
    GetDurableExecutionHistory,
    GetDurableExecutionState,
    GetEventSourceMapping,
    GetFunction,
    GetFunctionCodeSigningConfig,
    GetFunctionConcurrency,
    GetFunctionConfiguration,
    GetFunctionEventInvokeConfig,
    GetFunctionRecursionConfig,
    GetFunctionScalingConfig,
    GetFunctionUrlConfig,
    GetLayerVersion,
    GetLayerVersionByArn,
    GetLayerVersionPolicy,
    GetPolicy,
    GetProvisionedConcurrencyConfig,
    GetResourcePolicy,
    GetRuntimeManagementConfig,
    Invoke,
    InvokeAsync,
    InvokeWithResponseStream,
    ListAliases,
    ListCapacityProviders,
    ListCodeSigningConfigs,
    ListDurableExecutionsByFunction,
    ListEventSourceMappings,
    ListFunctionEventInvokeConfigs,
    ListFunctionUrlConfigs,
    ListFunctionVersionsByCapacityProvider,
    ListFunctions,
    ListFunctionsByCodeSigningConfig,
    ListLayerVersions,
    ListLayers,
    ListProvisionedConcurrencyConfigs,
    ListTags,
    ListVersionsByFunction,
    PauseDurableExecution,
    PublishLayerVersion,
    PublishVersion,
    PutFunctionCodeSigningConfig,
    PutFunctionConcurrency,
    PutFunctionEventInvokeConfig,
    PutFunctionRecursionConfig,
    PutFunctionScalingConfig,
    PutProvisionedConcurrencyConfig,
    PutResourcePolicy,
    PutRuntimeManagementConfig,
    RemoveLayerVersionPermission,
    RemovePermission,
    ResumeDurableExecution,
    SendDurableExecutionCallbackFailure,
    SendDurableExecutionCallbackHeartbeat,
    SendDurableExecutionCallbackSuccess,
    StopDurableExecution,
    TagResource,
    UntagResource,
    UpdateAlias,
    UpdateCapacityProvider,
    UpdateCodeSigningConfig,
    UpdateEventSourceMapping,
    UpdateFunctionCode,
    UpdateFunctionConfiguration,
    UpdateFunctionEventInvokeConfig,
    UpdateFunctionUrlConfig,
}

impl Operation {
    pub const ALL: &'static [Self] = &[
        Self::AddLayerVersionPermission,
        Self::AddPermission,
        Self::CheckpointDurableExecution,
        Self::CreateAlias,
        Self::CreateCapacityProvider,
        Self::CreateCodeSigningConfig,
        Self::CreateEventSourceMapping,
        Self::CreateFunction,
        Self::CreateFunctionUrlConfig,
        Self::DeleteAlias,
        Self::DeleteCapacityProvider,
        Self::DeleteCodeSigningConfig,
        Self::DeleteDurableExecution,
        Self::DeleteEventSourceMapping,
        Self::DeleteFunction,
        Self::DeleteFunctionCodeSigningConfig,
        Self::DeleteFunctionConcurrency,
        Self::DeleteFunctionEventInvokeConfig,
        Self::DeleteFunctionUrlConfig,
        Self::DeleteLayerVersion,
        Self::DeleteProvisionedConcurrencyConfig,
        Self::DeleteResourcePolicy,
        Self::GetAccountSettings,
        Self::GetAlias,
        Self::GetCapacityProvider,
        Self::GetCodeSigningConfig,
        Self::GetDurableExecution,
        Self::GetDurableExecutionHistory,
        Self::GetDurableExecutionState,
        Self::GetEventSourceMapping,
        Self::GetFunction,
        Self::GetFunctionCodeSigningConfig,
        Self::GetFunctionConcurrency,
        Self::GetFunctionConfiguration,
        Self::GetFunctionEventInvokeConfig,
        Self::GetFunctionRecursionConfig,
        Self::GetFunctionScalingConfig,
        Self::GetFunctionUrlConfig,
        Self::GetLayerVersion,
        Self::GetLayerVersionByArn,
        Self::GetLayerVersionPolicy,
        Self::GetPolicy,
        Self::GetProvisionedConcurrencyConfig,
        Self::GetResourcePolicy,
        Self::GetRuntimeManagementConfig,
        Self::Invoke,
        Self::InvokeAsync,
        Self::InvokeWithResponseStream,
        Self::ListAliases,
        Self::ListCapacityProviders,
        Self::ListCodeSigningConfigs,
        Self::ListDurableExecutionsByFunction,
        Self::ListEventSourceMappings,
        Self::ListFunctionEventInvokeConfigs,
        Self::ListFunctionUrlConfigs,
        Self::ListFunctionVersionsByCapacityProvider,
        Self::ListFunctions,
        Self::ListFunctionsByCodeSigningConfig,
        Self::ListLayerVersions,
        Self::ListLayers,
        Self::ListProvisionedConcurrencyConfigs,
        Self::ListTags,
        Self::ListVersionsByFunction,
        Self::PauseDurableExecution,
        Self::PublishLayerVersion,
        Self::PublishVersion,
        Self::PutFunctionCodeSigningConfig,
        Self::PutFunctionConcurrency,
        Self::PutFunctionEventInvokeConfig,
        Self::PutFunctionRecursionConfig,
        Self::PutFunctionScalingConfig,
        Self::PutProvisionedConcurrencyConfig,
        Self::PutResourcePolicy,
        Self::PutRuntimeManagementConfig,
        Self::RemoveLayerVersionPermission,
        Self::RemovePermission,
        Self::ResumeDurableExecution,
        Self::SendDurableExecutionCallbackFailure,
        Self::SendDurableExecutionCallbackHeartbeat,
        Self::SendDurableExecutionCallbackSuccess,
        Self::StopDurableExecution,
        Self::TagResource,
        Self::UntagResource,
        Self::UpdateAlias,
        Self::UpdateCapacityProvider,
        Self::UpdateCodeSigningConfig,
        Self::UpdateEventSourceMapping,
        Self::UpdateFunctionCode,
        Self::UpdateFunctionConfiguration,
        Self::UpdateFunctionEventInvokeConfig,
        Self::UpdateFunctionUrlConfig,
    ];

    pub const fn traits(self) -> OperationTraits {
        match self {
            Self::AddLayerVersionPermission => OperationTraits::new("AddLayerVersionPermission", 201, false),
            Self::AddPermission => OperationTraits::new("AddPermission", 201, false),
            Self::CheckpointDurableExecution => OperationTraits::new("CheckpointDurableExecution", 200, true),
            Self::CreateAlias => OperationTraits::new("CreateAlias", 201, true),
            Self::CreateCapacityProvider => OperationTraits::new("CreateCapacityProvider", 202, true),
            Self::CreateCodeSigningConfig => OperationTraits::new("CreateCodeSigningConfig", 201, false),
            Self::CreateEventSourceMapping => OperationTraits::new("CreateEventSourceMapping", 202, false),
            Self::CreateFunction => OperationTraits::new("CreateFunction", 201, true),
            Self::CreateFunctionUrlConfig => OperationTraits::new("CreateFunctionUrlConfig", 201, false),
            Self::DeleteAlias => OperationTraits::new("DeleteAlias", 204, true),
            Self::DeleteCapacityProvider => OperationTraits::new("DeleteCapacityProvider", 202, true),
            Self::DeleteCodeSigningConfig => OperationTraits::new("DeleteCodeSigningConfig", 204, true),
            Self::DeleteDurableExecution => OperationTraits::new("DeleteDurableExecution", 202, true),
            Self::DeleteEventSourceMapping => OperationTraits::new("DeleteEventSourceMapping", 202, true),
            Self::DeleteFunction => OperationTraits::new("DeleteFunction", 200, true),
            Self::DeleteFunctionCodeSigningConfig => {
                OperationTraits::new("DeleteFunctionCodeSigningConfig", 204, false)
            }
            Self::DeleteFunctionConcurrency => OperationTraits::new("DeleteFunctionConcurrency", 204, false),
            Self::DeleteFunctionEventInvokeConfig => {
                OperationTraits::new("DeleteFunctionEventInvokeConfig", 204, false)
            }
            Self::DeleteFunctionUrlConfig => OperationTraits::new("DeleteFunctionUrlConfig", 204, false),
            Self::DeleteLayerVersion => OperationTraits::new("DeleteLayerVersion", 204, true),
            Self::DeleteProvisionedConcurrencyConfig => {
                OperationTraits::new("DeleteProvisionedConcurrencyConfig", 204, true)
            }
            Self::DeleteResourcePolicy => OperationTraits::new("DeleteResourcePolicy", 204, true),
            Self::GetAccountSettings => OperationTraits::new("GetAccountSettings", 200, false),
            Self::GetAlias => OperationTraits::new("GetAlias", 200, false),
            Self::GetCapacityProvider => OperationTraits::new("GetCapacityProvider", 200, false),
            Self::GetCodeSigningConfig => OperationTraits::new("GetCodeSigningConfig", 200, false),
            Self::GetDurableExecution => OperationTraits::new("GetDurableExecution", 200, false),
            Self::GetDurableExecutionHistory => {
                OperationTraits::new("GetDurableExecutionHistory", 200, false)
            }
            Self::GetDurableExecutionState => OperationTraits::new("GetDurableExecutionState", 200, false),
            Self::GetEventSourceMapping => OperationTraits::new("GetEventSourceMapping", 200, false),
            Self::GetFunction => OperationTraits::new("GetFunction", 200, false),
            Self::GetFunctionCodeSigningConfig => {
                OperationTraits::new("GetFunctionCodeSigningConfig", 200, false)
            }
            Self::GetFunctionConcurrency => OperationTraits::new("GetFunctionConcurrency", 200, false),
            Self::GetFunctionConfiguration => OperationTraits::new("GetFunctionConfiguration", 200, false),
            Self::GetFunctionEventInvokeConfig => {
                OperationTraits::new("GetFunctionEventInvokeConfig", 200, false)
            }
            Self::GetFunctionRecursionConfig => {
                OperationTraits::new("GetFunctionRecursionConfig", 200, false)
            }
            Self::GetFunctionScalingConfig => OperationTraits::new("GetFunctionScalingConfig", 200, false),
            Self::GetFunctionUrlConfig => OperationTraits::new("GetFunctionUrlConfig", 200, false),
            Self::GetLayerVersion => OperationTraits::new("GetLayerVersion", 200, false),
            Self::GetLayerVersionByArn => OperationTraits::new("GetLayerVersionByArn", 200, false),
            Self::GetLayerVersionPolicy => OperationTraits::new("GetLayerVersionPolicy", 200, false),
            Self::GetPolicy => OperationTraits::new("GetPolicy", 200, false),
            Self::GetProvisionedConcurrencyConfig => {
                OperationTraits::new("GetProvisionedConcurrencyConfig", 200, false)
            }
            Self::GetResourcePolicy => OperationTraits::new("GetResourcePolicy", 200, false),
            Self::GetRuntimeManagementConfig => {
                OperationTraits::new("GetRuntimeManagementConfig", 200, false)
            }
            Self::Invoke => OperationTraits::new("Invoke", 200, false),
            Self::InvokeAsync => OperationTraits::new("InvokeAsync", 202, false),
            Self::InvokeWithResponseStream => OperationTraits::new("InvokeWithResponseStream", 200, false),
            Self::ListAliases => OperationTraits::new("ListAliases", 200, false),
            Self::ListCapacityProviders => OperationTraits::new("ListCapacityProviders", 200, false),
            Self::ListCodeSigningConfigs => OperationTraits::new("ListCodeSigningConfigs", 200, false),
            Self::ListDurableExecutionsByFunction => {
                OperationTraits::new("ListDurableExecutionsByFunction", 200, false)
            }
            Self::ListEventSourceMappings => OperationTraits::new("ListEventSourceMappings", 200, false),
            Self::ListFunctionEventInvokeConfigs => {
                OperationTraits::new("ListFunctionEventInvokeConfigs", 200, false)
            }
            Self::ListFunctionUrlConfigs => OperationTraits::new("ListFunctionUrlConfigs", 200, false),
            Self::ListFunctionVersionsByCapacityProvider => {
                OperationTraits::new("ListFunctionVersionsByCapacityProvider", 200, false)
            }
            Self::ListFunctions => OperationTraits::new("ListFunctions", 200, false),
            Self::ListFunctionsByCodeSigningConfig => {
                OperationTraits::new("ListFunctionsByCodeSigningConfig", 200, false)
            }
            Self::ListLayerVersions => OperationTraits::new("ListLayerVersions", 200, false),
            Self::ListLayers => OperationTraits::new("ListLayers", 200, false),
            Self::ListProvisionedConcurrencyConfigs => {
                OperationTraits::new("ListProvisionedConcurrencyConfigs", 200, false)
            }
            Self::ListTags => OperationTraits::new("ListTags", 200, false),
            Self::ListVersionsByFunction => OperationTraits::new("ListVersionsByFunction", 200, false),
            Self::PauseDurableExecution => OperationTraits::new("PauseDurableExecution", 202, true),
            Self::PublishLayerVersion => OperationTraits::new("PublishLayerVersion", 201, false),
            Self::PublishVersion => OperationTraits::new("PublishVersion", 201, false),
            Self::PutFunctionCodeSigningConfig => {
                OperationTraits::new("PutFunctionCodeSigningConfig", 200, false)
            }
            Self::PutFunctionConcurrency => OperationTraits::new("PutFunctionConcurrency", 200, false),
            Self::PutFunctionEventInvokeConfig => {
                OperationTraits::new("PutFunctionEventInvokeConfig", 200, false)
            }
            Self::PutFunctionRecursionConfig => {
                OperationTraits::new("PutFunctionRecursionConfig", 200, false)
            }
            Self::PutFunctionScalingConfig => OperationTraits::new("PutFunctionScalingConfig", 202, false),
            Self::PutProvisionedConcurrencyConfig => {
                OperationTraits::new("PutProvisionedConcurrencyConfig", 202, true)
            }
            Self::PutResourcePolicy => OperationTraits::new("PutResourcePolicy", 200, true),
            Self::PutRuntimeManagementConfig => {
                OperationTraits::new("PutRuntimeManagementConfig", 200, false)
            }
            Self::RemoveLayerVersionPermission => {
                OperationTraits::new("RemoveLayerVersionPermission", 204, false)
            }
            Self::RemovePermission => OperationTraits::new("RemovePermission", 204, false),
            Self::ResumeDurableExecution => OperationTraits::new("ResumeDurableExecution", 202, true),
            Self::SendDurableExecutionCallbackFailure => {
                OperationTraits::new("SendDurableExecutionCallbackFailure", 200, false)
            }
            Self::SendDurableExecutionCallbackHeartbeat => {
                OperationTraits::new("SendDurableExecutionCallbackHeartbeat", 200, false)
            }
            Self::SendDurableExecutionCallbackSuccess => {
                OperationTraits::new("SendDurableExecutionCallbackSuccess", 200, false)
            }
            Self::StopDurableExecution => OperationTraits::new("StopDurableExecution", 200, false),
            Self::TagResource => OperationTraits::new("TagResource", 204, false),
            Self::UntagResource => OperationTraits::new("UntagResource", 204, false),
            Self::UpdateAlias => OperationTraits::new("UpdateAlias", 200, false),
            Self::UpdateCapacityProvider => OperationTraits::new("UpdateCapacityProvider", 202, false),
            Self::UpdateCodeSigningConfig => OperationTraits::new("UpdateCodeSigningConfig", 200, false),
            Self::UpdateEventSourceMapping => OperationTraits::new("UpdateEventSourceMapping", 202, false),
            Self::UpdateFunctionCode => OperationTraits::new("UpdateFunctionCode", 200, false),
            Self::UpdateFunctionConfiguration => {
                OperationTraits::new("UpdateFunctionConfiguration", 200, false)
            }
            Self::UpdateFunctionEventInvokeConfig => {
                OperationTraits::new("UpdateFunctionEventInvokeConfig", 200, false)
            }
            Self::UpdateFunctionUrlConfig => OperationTraits::new("UpdateFunctionUrlConfig", 200, false),
        }
    }
}
