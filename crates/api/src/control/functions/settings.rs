//! What an owner sets of a function, whether it is being created or changed.

use crate::generated::lambda::shapes::{CreateFunctionRequest, UpdateFunctionConfigurationRequest};

/// The model has no shape for what both requests share, but the change request is that and a condition on when it
/// applies. A member that is absent leaves what was there.
pub(super) type Settings = UpdateFunctionConfigurationRequest;

impl From<CreateFunctionRequest> for Settings {
    /// Takes a request apart without `..`, so that this does not compile until every member of a newer model is
    /// either a setting or named as none.
    fn from(request: CreateFunctionRequest) -> Self {
        let CreateFunctionRequest {
            role,
            runtime,
            handler,
            description,
            timeout,
            memory_size,
            ephemeral_storage,
            environment,
            logging_config,
            tracing_config,
            dead_letter_config,
            vpc_config,
            kms_key_arn,
            file_system_configs,
            snap_start,
            layers,
            image_config,
            capacity_provider_config,
            accelerator_config,
            durable_config,
            runtime_config,
            // Only of a creation.
            function_name: _,
            code: _,
            publish: _,
            publish_to: _,
            package_type: _,
            tags: _,
            architectures: _,
            code_signing_config_arn: _,
            tenancy_config: _,
        } = request;
        Self {
            role,
            runtime,
            handler,
            description,
            timeout,
            memory_size,
            ephemeral_storage,
            environment,
            logging_config,
            tracing_config,
            dead_letter_config,
            vpc_config,
            kms_key_arn,
            file_system_configs,
            snap_start,
            layers,
            image_config,
            capacity_provider_config,
            accelerator_config,
            durable_config,
            runtime_config,
            // Only of a change.
            function_name: None,
            revision_id: None,
        }
    }
}
