import { useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { startBatch } from '../../api/admin';
import type { VariableMap } from '../../api/types';
import { GenericForm } from '../../forms/generic-form';
import type { FormHandle } from '../../forms/handle';
import { batchRequest, type Operation, type Target } from '../../lib/batch';
import { formatNumber } from '../../lib/format';
import { VariableError } from '../../lib/variables';
import { useAction } from '../../state/queries';
import { en } from '../../text/en';
import { TextField } from '../../ui/controls';
import { FormDialog } from '../../ui/dialog';

export type BatchKind = 'retry' | 'suspend' | 'resume' | 'cancel' | 'history' | 'variables';

const titles: Record<BatchKind, string> = {
  retry: en.instances.retry,
  suspend: en.instances.suspend,
  resume: en.instances.resume,
  cancel: en.instances.cancelInstances,
  history: en.instances.deleteHistory,
  variables: en.instances.setVariable,
};

const noVariables: VariableMap = {};

interface BatchDialogProps {
  kind: BatchKind;
  target: Target;
  count: number;
  onClose: () => void;
  onDone: () => void;
}

export function BatchDialog({ kind, target, count, onClose, onDone }: BatchDialogProps) {
  const navigate = useNavigate();
  const [retries, setRetries] = useState('1');
  const [reason, setReason] = useState('');
  const [error, setError] = useState<string | null>(null);
  const variables = useRef<FormHandle>(null);
  const start = useAction((operation: Operation) => startBatch(batchRequest(operation, target)), {
    done: en.instances.created,
    quiet: true,
    onDone: (batch) => {
      onDone();
      void navigate(`/batches?batch=${encodeURIComponent(batch.id)}`);
    },
  });

  const operation = async (): Promise<Operation | null> => {
    switch (kind) {
      case 'retry':
        return { kind: 'retry', retries: Math.max(1, Number(retries) || 1) };
      case 'suspend':
      case 'resume':
        return { kind: 'suspend', suspended: kind === 'suspend' };
      case 'cancel':
        return { kind: 'cancel', reason };
      case 'history':
        return { kind: 'delete-history', reason };
      case 'variables': {
        const values = await variables.current?.collect();
        return values && Object.keys(values).length > 0 ? { kind: 'set-variables', variables: values } : null;
      }
    }
  };
  const submit = async () => {
    setError(null);
    try {
      const chosen = await operation();
      if (chosen) start.mutate(chosen);
    } catch (reason) {
      if (!(reason instanceof VariableError)) throw reason;
      setError(reason.message);
    }
  };

  return (
    <FormDialog
      title={en.instances.confirm(titles[kind].replace(/ …$/, ''), formatNumber(count))}
      submit={en.instances.start}
      danger={kind === 'cancel' || kind === 'history'}
      onSubmit={() => void submit()}
      onClose={onClose}
      busy={start.isPending}
      error={error ?? start.error?.message}
    >
      <p className="muted">{en.instances.confirmText}</p>
      {kind === 'retry' && (
        <TextField label={en.instances.retries} type="number" min={1} value={retries} onChange={setRetries} />
      )}
      {(kind === 'cancel' || kind === 'history') && (
        <TextField label={en.instances.reason} value={reason} onChange={setReason} />
      )}
      {kind === 'variables' && <GenericForm ref={variables} variables={noVariables} note={null} />}
    </FormDialog>
  );
}
