import { useState } from 'react';
import { createFilter } from '../../api/tasks';
import type { TaskFilter } from '../../api/types';
import type { Body } from '../../lib/filters';
import { useSession } from '../../state/session';
import { en } from '../../text/en';
import { ActionDialog } from '../../ui/action-dialog';
import { TextField } from '../../ui/controls';

interface SaveFilterProps {
  query: Body;
  onClose: () => void;
  onSaved: (filter: TaskFilter) => void;
}

export function SaveFilterDialog({ query, onClose, onSaved }: SaveFilterProps) {
  const { user } = useSession();
  const [name, setName] = useState('');
  const save = async () => onSaved(await createFilter(name, query, user || null));
  return (
    <ActionDialog title={en.tasks.saveFilter} action={save} onClose={onClose} disabled={name.trim() === ''}>
      <TextField
        label={en.common.name}
        value={name}
        onChange={setName}
        hint={en.tasks.saveFilterHint}
        required
      />
    </ActionDialog>
  );
}
