// Written by `cargo xtask codegen` from AWS's service model. Do not edit.

//! Every error shape of the service: its name, its HTTP status and the key its message is under.

use crate::model::ErrorShape;

pub const ALIAS_LIMIT_EXCEEDED: ErrorShape = ErrorShape::new("AliasLimitExceededException", 400, "message");
pub const CALLBACK_TIMEOUT: ErrorShape = ErrorShape::new("CallbackTimeoutException", 400, "Message");
pub const CAPACITY_PROVIDER_LIMIT_EXCEEDED: ErrorShape =
    ErrorShape::new("CapacityProviderLimitExceededException", 400, "message");
pub const CODE_ARTIFACT_USER_DELETED: ErrorShape =
    ErrorShape::new("CodeArtifactUserDeletedException", 409, "message");
pub const CODE_ARTIFACT_USER_FAILED: ErrorShape =
    ErrorShape::new("CodeArtifactUserFailedException", 409, "message");
pub const CODE_ARTIFACT_USER_PENDING: ErrorShape =
    ErrorShape::new("CodeArtifactUserPendingException", 409, "message");
pub const CODE_SIGNING_CONFIG_NOT_FOUND: ErrorShape =
    ErrorShape::new("CodeSigningConfigNotFoundException", 404, "Message");
pub const CODE_STORAGE_EXCEEDED: ErrorShape = ErrorShape::new("CodeStorageExceededException", 400, "message");
pub const CODE_VERIFICATION_FAILED: ErrorShape =
    ErrorShape::new("CodeVerificationFailedException", 400, "Message");
pub const DURABLE_EXECUTION_ALREADY_STARTED: ErrorShape =
    ErrorShape::new("DurableExecutionAlreadyStartedException", 409, "Message");
pub const EC2_ACCESS_DENIED: ErrorShape = ErrorShape::new("EC2AccessDeniedException", 502, "Message");
pub const EC2_THROTTLED: ErrorShape = ErrorShape::new("EC2ThrottledException", 502, "Message");
pub const EC2_UNEXPECTED: ErrorShape = ErrorShape::new("EC2UnexpectedException", 502, "Message");
pub const EFSIO: ErrorShape = ErrorShape::new("EFSIOException", 410, "Message");
pub const EFS_MOUNT_CONNECTIVITY: ErrorShape =
    ErrorShape::new("EFSMountConnectivityException", 408, "Message");
pub const EFS_MOUNT_FAILURE: ErrorShape = ErrorShape::new("EFSMountFailureException", 403, "Message");
pub const EFS_MOUNT_TIMEOUT: ErrorShape = ErrorShape::new("EFSMountTimeoutException", 408, "Message");
pub const ENI_LIMIT_REACHED: ErrorShape = ErrorShape::new("ENILimitReachedException", 502, "Message");
pub const ENI_NOT_READY: ErrorShape = ErrorShape::new("ENINotReadyException", 502, "Message");
pub const FUNCTION_VERSIONS_PER_CAPACITY_PROVIDER_LIMIT_EXCEEDED: ErrorShape =
    ErrorShape::new("FunctionVersionsPerCapacityProviderLimitExceededException", 400, "message");
pub const INVALID_CODE_SIGNATURE: ErrorShape =
    ErrorShape::new("InvalidCodeSignatureException", 400, "Message");
pub const INVALID_PARAMETER_VALUE: ErrorShape =
    ErrorShape::new("InvalidParameterValueException", 400, "message");
pub const INVALID_REQUEST_CONTENT: ErrorShape =
    ErrorShape::new("InvalidRequestContentException", 400, "message");
pub const INVALID_RUNTIME: ErrorShape = ErrorShape::new("InvalidRuntimeException", 502, "Message");
pub const INVALID_SECURITY_GROUP_ID: ErrorShape =
    ErrorShape::new("InvalidSecurityGroupIDException", 502, "Message");
pub const INVALID_SUBNET_ID: ErrorShape = ErrorShape::new("InvalidSubnetIDException", 502, "Message");
pub const INVALID_ZIP_FILE: ErrorShape = ErrorShape::new("InvalidZipFileException", 502, "Message");
pub const KMS_ACCESS_DENIED: ErrorShape = ErrorShape::new("KMSAccessDeniedException", 502, "Message");
pub const KMS_DISABLED: ErrorShape = ErrorShape::new("KMSDisabledException", 502, "Message");
pub const KMS_INVALID_STATE: ErrorShape = ErrorShape::new("KMSInvalidStateException", 502, "Message");
pub const KMS_NOT_FOUND: ErrorShape = ErrorShape::new("KMSNotFoundException", 502, "Message");
pub const MODE_NOT_SUPPORTED: ErrorShape = ErrorShape::new("ModeNotSupportedException", 400, "message");
pub const NO_PUBLISHED_VERSION: ErrorShape = ErrorShape::new("NoPublishedVersionException", 400, "Message");
pub const POLICY_LENGTH_EXCEEDED: ErrorShape =
    ErrorShape::new("PolicyLengthExceededException", 400, "message");
pub const PRECONDITION_FAILED: ErrorShape = ErrorShape::new("PreconditionFailedException", 412, "message");
pub const PROVISIONED_CONCURRENCY_CONFIG_NOT_FOUND: ErrorShape =
    ErrorShape::new("ProvisionedConcurrencyConfigNotFoundException", 404, "message");
pub const PUBLIC_POLICY: ErrorShape = ErrorShape::new("PublicPolicyException", 400, "Message");
pub const RECURSIVE_INVOCATION: ErrorShape = ErrorShape::new("RecursiveInvocationException", 400, "Message");
pub const REQUEST_TOO_LARGE: ErrorShape = ErrorShape::new("RequestTooLargeException", 413, "message");
pub const RESOURCE_CONFLICT: ErrorShape = ErrorShape::new("ResourceConflictException", 409, "message");
pub const RESOURCE_IN_USE: ErrorShape = ErrorShape::new("ResourceInUseException", 400, "Message");
pub const RESOURCE_NOT_FOUND: ErrorShape = ErrorShape::new("ResourceNotFoundException", 404, "Message");
pub const RESOURCE_NOT_READY: ErrorShape = ErrorShape::new("ResourceNotReadyException", 502, "message");
pub const RUNTIME_ALIAS_DELETED: ErrorShape = ErrorShape::new("RuntimeAliasDeletedException", 409, "message");
pub const RUNTIME_VERSION_DELETED: ErrorShape =
    ErrorShape::new("RuntimeVersionDeletedException", 409, "message");
pub const S3_FILES_MOUNT_CONNECTIVITY: ErrorShape =
    ErrorShape::new("S3FilesMountConnectivityException", 408, "Message");
pub const S3_FILES_MOUNT_FAILURE: ErrorShape =
    ErrorShape::new("S3FilesMountFailureException", 403, "Message");
pub const S3_FILES_MOUNT_TIMEOUT: ErrorShape =
    ErrorShape::new("S3FilesMountTimeoutException", 408, "Message");
pub const SERIALIZED_REQUEST_ENTITY_TOO_LARGE: ErrorShape =
    ErrorShape::new("SerializedRequestEntityTooLargeException", 413, "message");
pub const SERVICE: ErrorShape = ErrorShape::new("ServiceException", 500, "Message");
pub const SERVICE_QUOTA_EXCEEDED: ErrorShape =
    ErrorShape::new("ServiceQuotaExceededException", 402, "Message");
pub const SNAP_START: ErrorShape = ErrorShape::new("SnapStartException", 400, "Message");
pub const SNAP_START_NOT_READY: ErrorShape = ErrorShape::new("SnapStartNotReadyException", 409, "Message");
pub const SNAP_START_REGENERATION_FAILURE: ErrorShape =
    ErrorShape::new("SnapStartRegenerationFailureException", 409, "Message");
pub const SNAP_START_TIMEOUT: ErrorShape = ErrorShape::new("SnapStartTimeoutException", 408, "Message");
pub const SUBNET_IP_ADDRESS_LIMIT_REACHED: ErrorShape =
    ErrorShape::new("SubnetIPAddressLimitReachedException", 502, "Message");
pub const TOO_MANY_REQUESTS: ErrorShape = ErrorShape::new("TooManyRequestsException", 429, "message");
pub const UNSUPPORTED_MEDIA_TYPE: ErrorShape =
    ErrorShape::new("UnsupportedMediaTypeException", 415, "message");

pub const ALL: &[ErrorShape] = &[
    ALIAS_LIMIT_EXCEEDED,
    CALLBACK_TIMEOUT,
    CAPACITY_PROVIDER_LIMIT_EXCEEDED,
    CODE_ARTIFACT_USER_DELETED,
    CODE_ARTIFACT_USER_FAILED,
    CODE_ARTIFACT_USER_PENDING,
    CODE_SIGNING_CONFIG_NOT_FOUND,
    CODE_STORAGE_EXCEEDED,
    CODE_VERIFICATION_FAILED,
    DURABLE_EXECUTION_ALREADY_STARTED,
    EC2_ACCESS_DENIED,
    EC2_THROTTLED,
    EC2_UNEXPECTED,
    EFSIO,
    EFS_MOUNT_CONNECTIVITY,
    EFS_MOUNT_FAILURE,
    EFS_MOUNT_TIMEOUT,
    ENI_LIMIT_REACHED,
    ENI_NOT_READY,
    FUNCTION_VERSIONS_PER_CAPACITY_PROVIDER_LIMIT_EXCEEDED,
    INVALID_CODE_SIGNATURE,
    INVALID_PARAMETER_VALUE,
    INVALID_REQUEST_CONTENT,
    INVALID_RUNTIME,
    INVALID_SECURITY_GROUP_ID,
    INVALID_SUBNET_ID,
    INVALID_ZIP_FILE,
    KMS_ACCESS_DENIED,
    KMS_DISABLED,
    KMS_INVALID_STATE,
    KMS_NOT_FOUND,
    MODE_NOT_SUPPORTED,
    NO_PUBLISHED_VERSION,
    POLICY_LENGTH_EXCEEDED,
    PRECONDITION_FAILED,
    PROVISIONED_CONCURRENCY_CONFIG_NOT_FOUND,
    PUBLIC_POLICY,
    RECURSIVE_INVOCATION,
    REQUEST_TOO_LARGE,
    RESOURCE_CONFLICT,
    RESOURCE_IN_USE,
    RESOURCE_NOT_FOUND,
    RESOURCE_NOT_READY,
    RUNTIME_ALIAS_DELETED,
    RUNTIME_VERSION_DELETED,
    S3_FILES_MOUNT_CONNECTIVITY,
    S3_FILES_MOUNT_FAILURE,
    S3_FILES_MOUNT_TIMEOUT,
    SERIALIZED_REQUEST_ENTITY_TOO_LARGE,
    SERVICE,
    SERVICE_QUOTA_EXCEEDED,
    SNAP_START,
    SNAP_START_NOT_READY,
    SNAP_START_REGENERATION_FAILURE,
    SNAP_START_TIMEOUT,
    SUBNET_IP_ADDRESS_LIMIT_REACHED,
    TOO_MANY_REQUESTS,
    UNSUPPORTED_MEDIA_TYPE,
];
