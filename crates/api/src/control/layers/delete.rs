//! DeleteLayerVersion: functions that have the version keep its package.

use http::StatusCode;
use lambent_store::resources::ChangeError;

use super::{Call, name, number_of};
use crate::control::change;
use crate::error::ApiError;
use crate::generated::lambda::shapes::DeleteLayerVersionRequest;
use crate::response::{self, Answer};

/// A version that is not there is deleted already: AWS answers 204 all the same. The layer stays when its last version
/// goes, so that numbers are not used again.
pub(crate) async fn delete_version(
    call: &Call<'_>,
    request: DeleteLayerVersionRequest,
) -> Result<Answer, ApiError> {
    let name = name(call, request.layer_name.as_deref())?;
    let number = number_of(request.version_number)?;
    let layers = &*call.state.resources.layers;
    if layers.find(name.as_str()).is_some_and(|layer| layer.versions.contains_key(&number)) {
        let missing = || ApiError::internal(ChangeError::NotFound);
        change::resource(layers, name.as_str(), missing, |layer| {
            layer.versions.remove(&number);
            layer.policies.remove(&number);
            Ok(())
        })
        .await?;
    }
    Ok(response::empty(StatusCode::NO_CONTENT))
}
