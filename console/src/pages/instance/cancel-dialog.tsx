import { useState } from 'react';
import { startBatch } from '../../api/admin';
import { cancelInstance } from '../../api/processes';
import { batchRequest } from '../../lib/batch';
import { useAction } from '../../state/queries';
import { en } from '../../text/en';
import { Checkbox, TextField } from '../../ui/controls';
import { FormDialog } from '../../ui/dialog';

/** With a reason the API can only cancel by a batch; without one it happens at once. */
export function CancelDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const [skip, setSkip] = useState(false);
  const action = useAction(
    async () => {
      if (reason.trim() === '') await cancelInstance(id, skip);
      else await startBatch(batchRequest({ kind: 'cancel', reason: reason.trim() }, { ids: [id] }));
    },
    { done: en.instance.cancelledDone, onDone: onClose },
  );
  return (
    <FormDialog
      title={en.instance.cancelTitle}
      submit={en.instance.cancel}
      danger
      onSubmit={() => action.mutate(undefined)}
      onClose={onClose}
      busy={action.isPending}
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
    </FormDialog>
  );
}
