//! Which operations of the service model have no handler: those that need a part of AWS Lambda that Lambent does not have.

use crate::generated::lambda::operations::Operation;

/// Whether an operation is answered as AWS answers it, or at least kept; the others are refused by name.
pub(crate) fn is_answered(operation: Operation) -> bool {
    !matches!(
        operation,
        Operation::CheckpointDurableExecution
            | Operation::CreateCapacityProvider
            | Operation::DeleteCapacityProvider
            | Operation::DeleteDurableExecution
            | Operation::GetCapacityProvider
            | Operation::GetDurableExecution
            | Operation::GetDurableExecutionHistory
            | Operation::GetDurableExecutionState
            | Operation::GetFunctionScalingConfig
            | Operation::ListCapacityProviders
            | Operation::ListDurableExecutionsByFunction
            | Operation::ListFunctionVersionsByCapacityProvider
            | Operation::PauseDurableExecution
            | Operation::PutFunctionScalingConfig
            | Operation::ResumeDurableExecution
            | Operation::SendDurableExecutionCallbackFailure
            | Operation::SendDurableExecutionCallbackHeartbeat
            | Operation::SendDurableExecutionCallbackSuccess
            | Operation::StopDurableExecution
            | Operation::UpdateCapacityProvider
    )
}
