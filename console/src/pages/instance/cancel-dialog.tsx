import { useState } from 'react';
import { startBatch } from '../../api/admin';
import { cancelInstance } from '../../api/processes';
import { batchRequest } from '../../lib/batch';
import { en } from '../../text/en';
import { ActionDialog } from '../../ui/action-dialog';
import { Checkbox, TextField } from '../../ui/controls';

/** With a reason the API can only cancel by a batch; without one it happens at once. */
export function CancelDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const [skip, setSkip] = useState(false);
  const cancel = () =>
    reason.trim() === ''
      ? cancelInstance(id, skip)
      : startBatch(batchRequest({ kind: 'cancel', reason: reason.trim() }, { ids: [id] }));
  return (
    <ActionDialog
      title={en.instance.cancelTitle}
      submit={en.instance.cancel}
      done={en.instance.cancelledDone}
      danger
      action={cancel}
      onClose={onClose}
    >
      <p>{en.instance.cancelText}</p>
      <TextField
        label={en.instances.reason}
        value={reason}
        onChange={setReason}
        hint={en.instance.reasonHint}
      />
      <Checkbox
        label={en.instance.skipListeners}
        checked={skip}
        onChange={setSkip}
        disabled={reason.trim() !== ''}
      />
    </ActionDialog>
  );
}
