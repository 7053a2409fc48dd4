import { useState } from 'react';
import { createFilter } from '../../api/tasks';
import type { TaskFilter } from '../../api/types';
import type { Body } from '../../lib/filters';
import { useAction } from '../../state/queries';
import { useSession } from '../../state/session';
import { en } from '../../text/en';
import { TextField } from '../../ui/controls';
import { FormDialog } from '../../ui/dialog';

interface SaveFilterProps {
  query: Body;
  onClose: () => void;
  onSaved: (filter: TaskFilter) => void;
}

export function SaveFilterDialog({ query, onClose, onSaved }: SaveFilterProps) {
  const { user } = useSession();
  const [name, setName] = useState('');
  const save = useAction(() => createFilter(name, query, user || null), {
    done: en.common.saved,
    onDone: (filter) => {
      onSaved(filter);
      onClose();
    },
  });
  return (
    <FormDialog
      title={en.tasks.saveFilter}
      submit={en.common.save}
      onSubmit={() => save.mutate(undefined)}
      onClose={onClose}
      busy={save.isPending}
      disabled={name.trim() === ''}
    >
      <TextField
        label={en.common.name}
        value={name}
        onChange={setName}
        hint={en.tasks.saveFilterHint}
        required
      />
    </FormDialog>
  );
}
