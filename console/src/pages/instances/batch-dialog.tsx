import { useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { startBatch } from '../../api/admin';
import type { ProcessDefinition, VariableMap } from '../../api/types';
import { GenericForm } from '../../forms/generic-form';
import type { FormHandle } from '../../forms/handle';
import { batchRequest, type Operation, type Target } from '../../lib/batch';
import type { Body } from '../../lib/filters';
import { formatNumber } from '../../lib/format';
import { VariableError } from '../../lib/variables';
import { useAction } from '../../state/queries';
import { en } from '../../text/en';
import { TextField } from '../../ui/controls';
import { FormDialog } from '../../ui/dialog';
import { useRestart } from '../instance/restart-options';

export type BatchKind = 'retry' | 'suspend' | 'resume' | 'cancel' | 'history' | 'variables' | 'restart';

const titles: Record<BatchKind, string> = {
  retry: en.instances.retry,
  suspend: en.instances.suspend,
  resume: en.instances.resume,
  cancel: en.instances.cancelInstances,
  history: en.instances.deleteHistory,
  variables: en.instances.setVariable,
  restart: en.instances.restart,
};

const noVariables: VariableMap = {};

interface BatchDialogProps {
  kind: BatchKind;
  /** All instances are of it; without one they can't be restarted. */
  definition: ProcessDefinition | null;
  target: Target;
  count: number;
  onClose: () => void;
  onDone: () => void;
}

export function BatchDialog({ kind, definition, target, count, onClose, onDone }: BatchDialogProps) {
  const navigate = useNavigate();
  const [retries, setRetries] = useState('1');
  const [reason, setReason] = useState('');
  const [error, setError] = useState<string | null>(null);
  const variables = useRef<FormHandle>(null);
  const restart = useRef<Body | null>(null);
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
      case 'restart':
        return definition && restart.current
          ? { kind: 'restart', definitionId: definition.id, how: restart.current }
          : null;
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
      {kind === 'restart' && definition && (
        <RestartFields definition={definition} onChange={(how) => (restart.current = how)} />
      )}
      {kind === 'variables' && <GenericForm ref={variables} variables={noVariables} note={null} />}
    </FormDialog>
  );
}

function RestartFields({
  definition,
  onChange,
}: {
  definition: ProcessDefinition;
  onChange: (how: Body | null) => void;
}) {
  const { fields, body } = useRestart(definition, null);
  useEffect(() => {
    onChange(body);
  });
  return (
    <>
      <p className="muted">{en.instances.restartText}</p>
      {fields}
    </>
  );
}
