import type { VariableValue } from '../api/types';

/** What each kind of form offers to the frame with the buttons. */
export interface FormHandle {
  /** The variables to send; `null` when something is missing, which the form has then pointed out. */
  collect: () => Promise<Record<string, VariableValue> | null> | Record<string, VariableValue> | null;
}
